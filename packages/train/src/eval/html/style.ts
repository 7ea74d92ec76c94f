/** Look of the report: the studio's colours, light and dark, and readable on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f4f5f7; --surface: #fff; --line: #dde1e8; --text: #151922; --muted: #555e6e; --accent: #3451c6;
  --good: #0f6b45; --good-soft: #e3f4ec; --bad: #b01f2e; --bad-soft: #fdeaec; --doubt: #8a4b00; --doubt-soft: #fdf0dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0d1014; --surface: #14181e; --line: #262d38; --text: #e8ebf0; --muted: #9ba6b6; --accent: #8ea6ff;
    --good: #5fd6a0; --good-soft: #10291f; --bad: #ff949c; --bad-soft: #331619; --doubt: #f3bd5f; --doubt-soft: #2d2210;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 2rem 1.5rem 5rem; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .25rem; font-size: 1.15rem; letter-spacing: -.005em; }
h3 { margin: 1.5rem 0 .4rem; font-size: .95rem; }
p { margin: .3rem 0 1rem; max-width: 92ch; }
a { color: var(--accent); }
code { font: .86em ui-monospace, Menlo, Consolas, monospace; }
.muted, .note { color: var(--muted); }
.note { font-size: .88rem; }
.headline { display: flex; gap: .75rem; margin: 0 0 1.5rem; padding: .85rem 1.1rem; border-radius: 10px; font-weight: 550; max-width: none; }
.headline b { flex: none; }
.beaten { background: var(--bad-soft); color: var(--bad); }
.ahead { background: var(--good-soft); color: var(--good); }
.doubtful { background: var(--doubt-soft); color: var(--doubt); }
.facts { color: var(--muted); margin: .3rem 0 1.6rem; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: .75rem; margin: 0; }
.numbers > div { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem .7rem; }
.numbers dt { color: var(--muted); font-size: .85rem; }
.numbers dd { margin: 0; font-size: 1.7rem; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; }
.numbers small { display: block; font-size: .8rem; font-weight: 400; color: var(--muted); }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .42rem .65rem; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--muted); font-weight: 500; font-size: .85rem; }
th:first-child, td:first-child { text-align: left; }
tbody th { font-weight: 500; }
tr.agent { background: color-mix(in srgb, var(--accent) 9%, transparent); }
tr.total th, tr.total td { border-top: 2px solid var(--line); font-weight: 600; }
td small, th small { display: block; color: var(--muted); font-weight: 400; font-size: .8rem; }
th.named { white-space: normal; min-width: 13rem; } th.named small { line-height: 1.35; }
td.bars { text-align: left; }
.bar { vertical-align: middle; }
figcaption { padding: 0 .6rem .4rem; color: var(--muted); font-size: .8rem; }
.bar .axis { stroke: var(--line); } .bar .chance { stroke: var(--muted); stroke-dasharray: 2 2; }
.bar .range { stroke: var(--accent); stroke-width: 3; stroke-linecap: round; opacity: .45; } .bar .point { fill: var(--accent); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: .9rem; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: .9rem; align-items: start; }
figure { margin: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: .5rem; }
figure svg { display: block; width: 100%; height: auto; }
.matrix { width: auto; } .scroll.narrow { width: fit-content; max-width: 100%; }
.matrix td { text-align: center; min-width: 3.4rem; }
.matrix .right { outline: 1px solid var(--good); outline-offset: -3px; border-radius: 6px; }
.case { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; display: flex; flex-direction: column; }
.case svg { display: block; width: 100%; height: 240px; background: var(--bg); }
.case .truth { fill: none; stroke: #2fbf71; stroke-dasharray: 6 4; } .case .said { fill: none; stroke: #ff4d5e; }
.case rect { vector-effect: non-scaling-stroke; stroke-width: 2.5px; }
.case > div { padding: .7rem .9rem .8rem; }
.case h3 { margin: 0 0 .15rem; font-size: .95rem; }
.case p { margin: .15rem 0 .5rem; font-size: .88rem; }
.case .id { overflow-wrap: anywhere; }
.case a { font-weight: 550; }
.key { display: inline-block; width: 1.4em; border-top: 2.5px solid #ff4d5e; vertical-align: .25em; margin-right: .3em; }
.key.true { border-top: 2.5px dashed #2fbf71; }
dl.method { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: .5rem 0; }
dl.method dt { color: var(--muted); } dl.method dd { margin: 0; overflow-wrap: anywhere; }
@media print { body { background: #fff; } .case, figure, tr { break-inside: avoid; } }
`;
