"""Keys for programs, and that the API shows no more than the pages do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backcast.core.actor import NotAllowed, acting
from backcast.partners.actions import end_membership, make_token, revoke_token
from backcast.partners.models import AccessToken
from tests.cast import Cast
from tests.demand.make import make_need
from tests.demand.regional.make import make_published


def key(cast: Cast, who: str = "employer") -> tuple[AccessToken, str]:
    return make_token(cast.membership(who), actor=cast.actor(who), name="Dashboard", days=30)


def ask(name: str, secret: str = "", *args, client: Client | None = None, **query):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return (client or Client()).get(reverse(f"api:{name}", args=args), query, headers=headers)


def test_a_key_reads_what_its_holder_sees(cast: Cast) -> None:
    make_need(cast, "employer")
    make_need(cast, "other_employer")
    _token, secret = key(cast)
    answer = ask("needs", secret)
    assert answer.status_code == 200
    assert {each["employer"] for each in answer.json()["items"]} == {"Test Hospital"}
    _token, staff = key(cast, "administrator")
    assert ask("needs", staff).json()["count"] == 2


@pytest.mark.parametrize("secret", ["", "bck_guess", "x" * 5000])
def test_without_a_key_there_is_no_answer(cast: Cast, secret: str) -> None:
    answer = ask("needs", secret)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Unauthorized"}


def test_only_a_digest_is_kept(cast: Cast) -> None:
    token, secret = key(cast)
    assert secret.startswith("bck_")
    assert secret not in str(vars(AccessToken.objects.get(pk=token.pk)))


def test_a_revoked_an_expired_and_a_leavers_key_open_nothing(cast: Cast) -> None:
    token, secret = key(cast)
    revoke_token(token, actor=cast.actor("employer"))
    assert ask("needs", secret).status_code == 401
    token, secret = key(cast)
    with acting(cast.actor("employer"), "tests.expire"):
        token.expires_at = timezone.now() - timedelta(seconds=1)
        token.save()
    assert ask("needs", secret).status_code == 401
    _token, secret = key(cast, "employer_member")
    assert ask("needs", secret).status_code == 200
    end_membership(cast.membership("employer_member"), actor=cast.actor("employer"))
    assert ask("needs", secret).status_code == 401


def test_a_key_opens_no_page_and_counts_instead_of_a_session(cast: Cast) -> None:
    _token, secret = key(cast)
    page = Client().get(reverse("needs:list"), headers={"Authorization": f"Bearer {secret}"})
    assert page.status_code == 302
    # Signed in as staff, but asking with an employer's key: the employer's view.
    make_need(cast, "other_employer")
    both = ask("needs", secret, client=cast.client("administrator"))
    assert both.json()["count"] == 0
    wrong = ask("needs", "bck_wrong", client=cast.client("administrator"))
    assert wrong.status_code == 401


def test_a_key_changes_nothing(cast: Cast) -> None:
    _token, secret = key(cast)
    headers = {"Authorization": f"Bearer {secret}"}
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(Client(), method)(reverse("api:needs"), headers=headers)
        assert answer.status_code == 405


def test_nobody_makes_a_key_for_another_or_without_end(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        make_token(cast.membership("employer"), actor=cast.actor("member"), name="A", days=30)
    token, _secret = key(cast)
    with pytest.raises(NotAllowed):
        revoke_token(token, actor=cast.actor("employer_member"))
    for _each in range(9):
        key(cast)
    with pytest.raises(ValidationError, match="10 keys"):
        key(cast)


def test_the_secret_is_shown_once(cast: Cast) -> None:
    client = cast.client("employer")
    made = client.post(reverse("people:token_add"), {"name": "Dashboard", "days": "90"})
    assert "bck_" in made.content.decode()
    listed = client.get(reverse("people:tokens")).content.decode()
    assert "Dashboard" in listed
    assert "bck_" not in listed


def test_two_employers_get_the_same_regional_figures_and_no_others(cast: Cast) -> None:
    publication = make_published(cast)
    answers = [
        ask("regional-picture", key(cast, who)[1], publication.public_id).json()
        for who in ("employer", "other_employer", "administrator")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["figures"]
    assert answers[0]["qdata:dataSuppressionPolicy"] == answers[0]["suppression_policy"]
    assert answers[0]["@context"]["qdata"].startswith("https://credreg.net/")
    assert answers[0]["suppression_rule"]["employers"] == 3
    assert len(answers[0]["left_out"]) == answers[0]["withheld"] > 0
    assert answers[0]["labor_areas"]["why_not"] in (None, "no_areas")
    one = ask(
        "regional-picture",
        key(cast, "employer")[1],
        publication.public_id,
        role="Nursing assistant",
    ).json()
    assert {each["role"] for each in one["figures"]} == {"Nursing assistant"}
    all_of_it = [each for each in answers[0]["figures"] if each["role"] == "Nursing assistant"]
    assert one["figures"] == all_of_it
    assert ask("waves", key(cast)[1]).status_code == 404


def test_the_description_names_every_operation(cast: Cast) -> None:
    described = cast.client("viewer").get(reverse("api:openapi-json")).json()
    assert set(described["paths"]) == {
        "/api/v1/needs",
        "/api/v1/regional-demand",
        "/api/v1/regional-demand/{publication}",
        "/api/v1/waves",
        "/api/v1/occupations",
        "/api/v1/competencies",
        "/api/v1/programs",
        "/api/v1/plans",
        "/api/v1/plans/{plan}/cohorts",
        "/api/v1/talent-flow",
        "/api/v1/talent-flow/{occupation}",
    }
    assert all(
        operation["summary"] for path in described["paths"].values() for operation in path.values()
    )
