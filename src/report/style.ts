/**
 * The colours are distinguishable in every common form of colour blindness (after Okabe & Ito). Lines also differ in
 * their dashes.
 */
const COLOURS = `
:root{--paper:#fff;--card:#f6f7f9;--ink:#16191d;--soft:#4d555f;--rule:#d5dae0;--new:#b84a00;--old:#0062a3;--good:#00694a;--bad:#b3261e;--open:#7a5200;--going:#0062a3;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#111418;--card:#1a1f25;--ink:#e9ecef;--soft:#a9b2bc;--rule:#343c45;--new:#ff9c55;--old:#6db9ff;--good:#4ecfa1;--bad:#ff8a80;--open:#f0c060;--going:#6db9ff}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#333;--rule:#bbb;--new:#b84a00;--old:#0062a3;--good:#00694a;--bad:#b3261e;--open:#7a5200;--going:#0062a3;color-scheme:light}}
`;

const TEXT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:76rem;padding:1rem clamp(.75rem,3vw,2rem) 3rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{margin:.1rem 0 .3rem;font-size:clamp(1.5rem,5vw,2.2rem);line-height:1.15}
h1 small{font-size:1rem;font-weight:400;color:var(--soft)}
h2{margin:2.2rem 0 .8rem;font-size:1.25rem;border-bottom:1px solid var(--rule);padding-bottom:.3rem}
h3{margin:0;font-size:1rem}
p{margin:.4rem 0}
code,pre{font:.88em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{white-space:pre-wrap;margin:.5rem 0;padding:.6rem;background:var(--paper);border:1px solid var(--rule);border-radius:6px}
small,.note,.over,footer,time{color:var(--soft);font-size:.875rem}
.over{margin:0;text-transform:uppercase;letter-spacing:.06em}
.images{font-size:1.05rem}
.state{font-size:1.05rem;margin:.7rem 0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.pill{display:inline-block;padding:.05rem .6rem;border:2px solid currentColor;border-radius:999px;font-weight:600;font-size:.9rem;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.open{color:var(--open)}.going{color:var(--going)}
.waits{padding:.5rem .8rem;border-left:4px solid var(--open);background:var(--card)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.6rem 1.2rem;margin:1rem 0 0}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0}dd time{color:inherit;font-size:inherit}
ol,ul{list-style:none;margin:0;padding:0}
.steps{display:flex;flex-wrap:wrap;gap:.4rem;margin:.8rem 0}
.steps li{padding:.15rem .7rem;border:1px solid var(--rule);border-radius:6px;background:var(--card)}
.steps li.good,.steps li.bad,.steps li.open{border-color:currentColor}
footer{margin-top:3rem;border-top:1px solid var(--rule);padding-top:.6rem}
`;

const CHARTS = `
.charts{display:grid;gap:1rem}
@media (min-width:60rem){.charts{grid-template-columns:1fr 1fr}}
figure{margin:0;padding:.9rem 1rem;background:var(--card);border:1px solid var(--rule);border-radius:10px;min-width:0;break-inside:avoid}
figcaption{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;margin-bottom:.6rem}
.legend{display:flex;flex-wrap:wrap;gap:.1rem .9rem;font-size:.875rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.35rem}
.legend svg{width:24px;height:10px;flex:none}
.plot{display:grid;grid-template-columns:auto 1fr;column-gap:.5rem}
.plot>svg{grid-column:2;width:100%;height:200px;overflow:visible;border-bottom:1px solid var(--soft)}
.axis{position:relative;font-size:.8rem;line-height:1;color:var(--soft);font-variant-numeric:tabular-nums}
.axis.y{grid-column:1;width:4.4rem}
.axis.x{grid-column:2;height:1.4rem}
.axis span{position:absolute;white-space:nowrap}
.axis.y span{right:0;transform:translateY(50%);text-align:right;white-space:normal;width:4.4rem}
.axis.x span{top:.35rem;transform:translateX(-50%)}
.axis.x:first-child{height:1.3rem}
.axis.x:first-child span{top:0;min-width:1.15rem;text-align:center;font-weight:700;line-height:1.15rem;border:1px solid var(--soft);border-radius:99px;background:var(--paper);color:var(--ink)}
svg path{fill:none;vector-effect:non-scaling-stroke}
.grid{stroke:var(--rule);stroke-width:1}
.mark{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}
.line{stroke-width:2.2}
.line.candidate,.dot.candidate{stroke:var(--new)}
.line.stable{stroke:var(--old);stroke-dasharray:6 3}
.line.wanted{stroke:var(--ink);stroke-width:2}
.line.limit{stroke:var(--ink);stroke-width:1.4;stroke-dasharray:2 3}
.line.worse,.dot.worse{stroke:var(--bad)}
.line.better,.dot.better{stroke:var(--good)}
.line.worse{stroke-dasharray:8 3}
.line.thin{stroke-width:1.3}
.dot{stroke-width:9;stroke-linecap:round}
.dot.proved{stroke:var(--good)}
.dot.pending{stroke:var(--open);stroke-width:6}
svg .band.candidate{fill:var(--new);fill-opacity:.22}
svg .band.stable{fill:var(--old);fill-opacity:.18}
.bars{display:grid;gap:.6rem;margin:1rem 0}
.bars li{display:grid;grid-template-columns:minmax(12rem,18rem) 1fr minmax(12rem,20rem);gap:.2rem 1rem;align-items:center}
.bar{height:14px;border:1px solid var(--soft);border-radius:4px;overflow:hidden;background:var(--paper)}
.bar i{display:block;height:100%}
.bar i.better{background:var(--good)}
.bar i.worse{background:repeating-linear-gradient(45deg,var(--bad) 0 6px,var(--paper) 6px 8px)}
.odds small{display:block}
@media (max-width:44rem){.bars li{grid-template-columns:1fr}.axis.y,.axis.y span{width:3.1rem;font-size:.75rem}figure{padding:.7rem .6rem}.plot>svg{height:170px}}
`;

const LISTS = `
.verdicts>li,.query{padding:.7rem .9rem;margin-bottom:.6rem;background:var(--card);border:1px solid var(--rule);border-radius:10px;break-inside:avoid}
summary{cursor:pointer}
.data summary{color:var(--soft);font-size:.875rem;width:fit-content}
.scroll{overflow-x:auto;margin:.4rem 0;max-height:24rem}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--rule)}
td{min-width:4rem;max-width:30rem}
th{font-weight:600}
.events li{display:flex;gap:.9rem;padding:.25rem 0;border-bottom:1px solid var(--rule)}
.events time{flex:none;font-variant-numeric:tabular-nums;line-height:1.7}
.phase{color:var(--soft)}
.people{counter-reset:action}
.people li{counter-increment:action;padding:.15rem 0}
.people li::before{content:counter(action);display:inline-block;min-width:1.35rem;margin-right:.5rem;text-align:center;font-size:.8rem;font-weight:700;border:1px solid var(--soft);border-radius:99px}
:focus-visible{outline:3px solid var(--going);outline-offset:2px}
@media print{body{max-width:none;padding:0;font-size:10pt}.charts{grid-template-columns:1fr 1fr}.data,.query pre{display:none}.scroll{overflow:visible;max-height:none}h2{break-after:avoid}.bar i,svg path{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

/** The whole style of the page. */
export const STYLE = [COLOURS, TEXT, CHARTS, LISTS].join('').replaceAll('\n', '');
