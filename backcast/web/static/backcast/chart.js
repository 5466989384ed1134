/* Draws the charts of a page with ECharts, in the palette of the style sheet. */
(() => {
  "use strict";

  let loading = null;
  const drawn = new Map();
  const style = () => getComputedStyle(document.documentElement);
  const colour = (name) => style().getPropertyValue(`--bc-${name}`).trim();
  const paint = { demand: "demand", supply: "supply", gap: "gap", quiet: "line-strong" };
  const band = { demand: "band", supply: "band-supply", gap: "band", quiet: "band" };
  const stripes = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: "rgba(0,0,0,.35)" };
  const format = (value) => (value === null || value === undefined ? "–" : new Intl.NumberFormat(document.documentElement.lang).format(value));

  const text = () => ({ fontFamily: style().getPropertyValue("--bc-font"), fontSize: 13, color: colour("text") });
  const tip = () => ({ renderMode: "richText", confine: true, textStyle: { ...text(), color: "#fff" }, backgroundColor: colour("ink"), borderWidth: 0, padding: 10 });
  const quietAxis = () => ({
    axisLine: { lineStyle: { color: colour("line-strong") } },
    axisTick: { show: false },
    axisLabel: { ...text(), color: colour("quiet"), hideOverlap: true },
    splitLine: { lineStyle: { color: colour("line") } },
  });

  const overTime = (data, width) => {
    const series = [];
    for (const each of data.series) {
      const main = colour(paint[each.role]);
      if (each.low && each.high) {
        const stack = `band ${each.name}`;
        const plain = { type: "line", stack, symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, z: 1 };
        series.push({ ...plain, name: `${each.name} low`, data: each.low });
        series.push({ ...plain, name: `${each.name} high`, data: each.high.map((high, i) => (high === null ? null : high - each.low[i])), areaStyle: { color: colour(band[each.role]), opacity: 0.8 } });
      }
      if (each.shape === "line") {
        series.push({ type: "line", name: each.name, data: each.values, symbol: "circle", symbolSize: 8, z: 5, lineStyle: { color: main, width: 3 }, itemStyle: { color: main, borderColor: "#fff", borderWidth: 1.5 } });
      } else {
        const decal = each.role === "gap" ? { decal: stripes } : {};
        series.push({ type: "bar", name: each.name, data: each.values, stack: each.stack || undefined, barMaxWidth: 44, z: 3, itemStyle: { color: main, borderRadius: each.stack ? 0 : [3, 3, 0, 0], ...decal } });
      }
    }
    return {
      series,
      legend: { data: data.series.map((each) => each.name), left: 0, top: 0, itemGap: 18, textStyle: text(), selectedMode: false },
      grid: { left: 4, right: 12, top: width < 560 && data.series.length > 2 ? 86 : 62, bottom: 4, containLabel: true },
      tooltip: {
        ...tip(),
        trigger: "axis",
        axisPointer: { type: "shadow" },
        formatter: (points) => {
          const at = points[0].dataIndex;
          const lines = data.series.map((each) => {
            const range = each.low && each.high ? ` (${format(each.low[at])}–${format(each.high[at])})` : "";
            return `${each.name}: ${format(each.values[at])}${range}`;
          });
          return [data.labels[at], ...lines].join("\n");
        },
      },
      xAxis: { type: "category", data: data.labels, ...quietAxis(), splitLine: { show: false } },
      yAxis: { type: "value", name: data.unit, nameTextStyle: { ...text(), color: colour("quiet"), align: "left" }, nameGap: 10, ...quietAxis(), axisLine: { show: false }, axisLabel: { ...text(), color: colour("quiet"), formatter: format } },
      height: 340,
    };
  };

  // On a phone the name of a line stands above its bar, over the whole width.
  const above = (width) => ({ ...text(), interval: 0, inside: true, margin: 0, align: "left", verticalAlign: "bottom", padding: [0, 0, 11, 0], width: width - 24, overflow: "truncate", z: 10 });

  const timeline = (data, width) => {
    const narrow = width < 560;
    // Spans of one row that overlap in time take a lane each.
    const lanes = [];
    for (const row of data.rows) {
      const own = [];
      for (const span of data.spans.filter((each) => each.row === row).sort((a, b) => a.start.localeCompare(b.start))) {
        let lane = own.find((each) => each.end < span.start);
        if (!lane) {
          lane = { row, spans: [], first: own.length === 0 };
          own.push(lane);
        }
        lane.spans.push(span);
        lane.end = span.end;
      }
      lanes.push(...own);
    }
    const most = Math.max(0, ...lanes.map((lane) => lane.spans.length));
    const day = (iso) => new Date(`${iso}T00:00:00`).getTime();
    const starts = data.spans.map((span) => day(span.start));
    // Time begins with the calendar quarter in which the first span starts.
    const first = new Date(starts.length ? Math.min(...starts) : 0);
    const min = new Date(first.getFullYear(), first.getMonth() - (first.getMonth() % 3), 1).getTime();
    const last = Math.max(min + 1, ...data.spans.map((span) => day(span.end)));
    const pixels = (span) => ((day(span.end) - day(span.start)) / (last - min)) * (width - (narrow ? 24 : 290));
    const series = [];
    // Each span is a bar upon an unseen bar that ends where it starts.
    for (let n = 0; n < most; n += 1) {
      series.push({ type: "bar", stack: "time", silent: true, itemStyle: { color: "transparent" }, data: lanes.map((lane) => (lane.spans[n] ? day(lane.spans[n].start) - (n ? day(lane.spans[n - 1].end) : min) : 0)) });
      series.push({
        type: "bar",
        stack: "time",
        barWidth: narrow ? 14 : 22,
        data: lanes.map((lane) => {
          const span = lane.spans[n];
          if (!span) return { value: 0 };
          const decal = span.role === "gap" ? { decal: stripes } : {};
          return { value: day(span.end) - day(span.start), span, itemStyle: { color: colour(paint[span.role]), borderRadius: 4, ...decal } };
        }),
        label: { show: true, position: "inside", ...text(), fontWeight: 600, color: "#fff", formatter: (point) => (point.data.span && !narrow && pixels(point.data.span) > point.data.span.text.length * 7.5 + 8 ? point.data.span.text : "") },
      });
    }
    const tick = (value) => new Date(min + value + 3 * 86400000).toLocaleDateString(document.documentElement.lang, { month: "short", year: "numeric" });
    return {
      grid: narrow ? { left: 2, right: 16, top: 14, bottom: 26 } : { left: 4, right: 16, top: 8, bottom: 8, containLabel: true },
      tooltip: { ...tip(), trigger: "item", formatter: (point) => (point.data.span ? `${point.data.span.row}\n${point.data.span.text}\n${point.data.span.dates}` : "") },
      xAxis: { type: "value", min: 0, interval: 91.3125 * 86400000 * (narrow ? 2 : 1), ...quietAxis(), axisLabel: { ...text(), color: colour("quiet"), hideOverlap: true, showMaxLabel: false, formatter: tick } },
      yAxis: { type: "category", inverse: true, data: lanes.map((lane) => (lane.first ? lane.row : "")), ...quietAxis(), axisLine: { show: false }, axisLabel: narrow ? above(width) : { ...text(), interval: 0, width: 240, height: 30, overflow: "break", lineOverflow: "truncate", lineHeight: 15 } },
      series,
      height: 56 + (narrow ? lanes.length * 46 : lanes.length * 36),
    };
  };

  const tornado = (data, width) => {
    const narrow = width < 560;
    const side = (key, when, fill, decal) => ({
      type: "bar",
      stack: "swing",
      barWidth: narrow ? 14 : 22,
      name: when,
      data: data.swings.map((swing) => ({ value: swing[key] - data.base, swing })),
      itemStyle: { color: fill, ...decal },
      label: { show: true, ...text(), color: colour("quiet"), width: narrow ? 40 : 140, overflow: "truncate", formatter: (point) => (narrow ? format(point.data.swing[key]) : `${format(point.data.swing[key])} (${point.data.swing[`${key}When`]})`) },
    });
    // Labels stand outside, on the side to which the bar goes.
    const outside = (series, key) => {
      series.data.forEach((point) => {
        point.label = { position: point.swing[key] >= data.base ? "right" : "left" };
      });
      return series;
    };
    return {
      grid: narrow ? { left: 44, right: 44, top: 40, bottom: 4 } : { left: 4, right: 150, top: 26, bottom: 4, containLabel: true },
      tooltip: { ...tip(), trigger: "item", formatter: (point) => { const s = point.data.swing; return `${s.name}\n${s.lowWhen}: ${format(s.low)} ${data.unit}\n${data.words.base}: ${format(data.base)} ${data.unit}\n${s.highWhen}: ${format(s.high)} ${data.unit}`; } },
      xAxis: { type: "value", scale: true, position: "top", ...quietAxis(), axisLabel: { ...text(), color: colour("quiet"), hideOverlap: true, formatter: (value) => format(Math.round((value + data.base) * 100) / 100) } },
      yAxis: { type: "category", inverse: true, data: data.swings.map((swing) => swing.name), ...quietAxis(), axisTick: { show: false }, axisLabel: narrow ? above(width) : { ...text(), interval: 0, width: 260, overflow: "break", lineHeight: 15, margin: 150 } },
      series: [outside(side("low", "low", colour("gap"), { decal: stripes }), "low"), outside(side("high", "high", colour("supply"), {}), "high")],
      height: 56 + data.swings.length * (narrow ? 50 : 40),
    };
  };

  // Sources left, targets right; a name is kept apart by its side, since one may stand on both.
  const sankey = (data, width) => {
    const narrow = width < 560;
    const side = narrow ? Math.round(width * 0.36) : Math.min(300, Math.round(width * 0.3));
    const sum = (key, name) => data.links.filter((link) => link[key] === name).reduce((all, link) => all + link.value, 0);
    const node = (key) => (name) => ({
      name: `${key}:${name}`,
      label: { position: key === "source" ? "left" : "right", width: side - 14, overflow: "break", formatter: `${name} (${format(Math.round(sum(key, name)))})` },
      itemStyle: { color: colour("line-strong"), borderWidth: 0 },
    });
    const fill = { supply: "supply", demand: "demand", gap: "gap", quiet: "line-strong" };
    return {
      tooltip: { ...tip(), trigger: "item", formatter: (point) => (point.dataType === "edge" ? `${point.data.source.slice(7)} → ${point.data.target.slice(7)}\n${format(Math.round(point.data.value * 10) / 10)} ${data.unit}` : "") },
      series: [{
        type: "sankey",
        left: side,
        right: side,
        top: 8,
        bottom: 8,
        nodeGap: narrow ? 26 : 14,
        nodeWidth: 12,
        draggable: false,
        layoutIterations: 0,
        emphasis: { focus: "adjacency" },
        label: { ...text(), fontSize: narrow ? 11 : 13, lineHeight: narrow ? 13 : 16 },
        data: [...data.sources.map(node("source")), ...data.targets.map(node("target"))],
        links: data.links.map((link) => ({ source: `source:${link.source}`, target: `target:${link.target}`, value: link.value, lineStyle: { color: colour(fill[link.role]), opacity: 0.45, curveness: 0.5 } })),
      }],
      height: 40 + Math.max(data.sources.length, data.targets.length, 3) * (narrow ? 62 : 46),
    };
  };

  // One line for each name: what is there of a whole of 100, and what is missing.
  const shares = (data, width) => {
    const narrow = width < 560;
    const bar = (name, values, fill, decal) => ({
      type: "bar",
      stack: "whole",
      name,
      barWidth: narrow ? 14 : 20,
      data: values,
      itemStyle: { color: fill, ...decal },
    });
    const there = bar(data.words.there, data.shares.map((each) => each.value), colour("supply"), {});
    there.label = { show: true, position: "insideLeft", ...text(), fontWeight: 600, color: "#fff", formatter: (point) => (point.value >= 12 ? data.shares[point.dataIndex].text : "") };
    return {
      legend: { data: [data.words.there, data.words.missing], left: 0, top: 0, itemGap: 18, textStyle: text(), selectedMode: false },
      grid: narrow ? { left: 2, right: 16, top: 52, bottom: 4 } : { left: 4, right: 24, top: 36, bottom: 4, containLabel: true },
      tooltip: { ...tip(), trigger: "axis", axisPointer: { type: "shadow" }, formatter: (points) => { const each = data.shares[points[0].dataIndex]; return `${each.name}\n${each.text}`; } },
      xAxis: { type: "value", min: 0, max: 100, ...quietAxis(), axisLabel: { ...text(), color: colour("quiet"), hideOverlap: true, formatter: (value) => `${value}%` } },
      yAxis: { type: "category", inverse: true, data: data.shares.map((each) => each.name), ...quietAxis(), axisLine: { show: false }, axisLabel: narrow ? above(width) : { ...text(), interval: 0, width: 260, overflow: "break", lineHeight: 15 } },
      series: [there, bar(data.words.missing, data.shares.map((each) => (each.value === null ? null : 100 - each.value)), colour("gap"), { decal: stripes })],
      height: (narrow ? 84 : 70) + data.shares.length * (narrow ? 46 : 34),
    };
  };

  const kinds = { "over-time": overTime, timeline, tornado, sankey, shares };

  const draw = (place) => {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const { height, ...option } = kinds[data.kind](data, place.clientWidth);
    place.style.height = `${height}px`;
    let chart = drawn.get(place);
    if (!chart) {
      chart = window.echarts.init(place, null, { renderer: "svg" });
      drawn.set(place, chart);
    }
    chart.resize();
    chart.setOption({ animation: false, textStyle: text(), ...option }, true);
  };

  const library = (url) => {
    if (!loading) {
      loading = window.echarts ? Promise.resolve() : new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = url;
        script.onload = done;
        script.onerror = failed;
        document.head.append(script);
      });
    }
    return loading;
  };

  // Where the library does not come, the table stands open.
  const fallback = (place) => {
    place.hidden = true;
    place.closest("figure").querySelector("details").open = true;
  };

  const begin = (root) => {
    root.querySelectorAll("[data-chart]").forEach((place) => {
      if (drawn.has(place)) return;
      library(place.dataset.echarts).then(() => {
        draw(place);
        let width = place.clientWidth;
        new ResizeObserver(() => {
          if (place.clientWidth && place.clientWidth !== width) {
            width = place.clientWidth;
            draw(place);
          }
        }).observe(place);
      }).catch(() => fallback(place));
    });
  };

  document.addEventListener("DOMContentLoaded", () => begin(document));
  document.addEventListener("htmx:load", (event) => begin(event.target));
  const redraw = () => drawn.forEach((_chart, place) => (place.isConnected ? draw(place) : drawn.delete(place)));
  window.addEventListener("beforeprint", redraw);
  window.addEventListener("afterprint", redraw);
})();
