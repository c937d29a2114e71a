/** The look of the dashboard in one style sheet; system fonts where its own are not installed. */
export const STYLE = `
:root { --bg:#fff; --sunk:#f4f6f7; --ink:#12181f; --ink-2:#46525e; --ink-3:#5f6b77; --line:#dce2e7; --line-2:#b9c3cc; --edge:#7b8792; --mark:#7b8792; --bar:#46525e; --rule:#12181f; --link:#1457b0;
  --act:#b5300a; --act-mark:#ce3b0f; --act-tint:#fcece5; --look:#875000; --look-mark:#bc7203; --look-tint:#fdf3df; --ok:#00695a; --ok-mark:#15806e; --ok-tint:#e4f3ef; color-scheme: light; }
@media (prefers-color-scheme: dark) { :root { --bg:#10161b; --sunk:#0b1014; --ink:#e9eef2; --ink-2:#b0bbc5; --ink-3:#8a97a3; --line:#26313a; --line-2:#44525e; --edge:#7d8a96; --mark:#6b7985; --bar:#b0bbc5; --rule:#7d8a96; --link:#85b6ff;
  --act:#ff9270; --act-mark:#f4683c; --act-tint:#38190f; --look:#f3bc55; --look-mark:#e0a030; --look-tint:#33260d; --ok:#58cdb4; --ok-mark:#3db79e; --ok-tint:#0f2c27; color-scheme: dark; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 400 13px/18px "IBM Plex Sans", system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; overflow-wrap: anywhere; }
.page { max-width: 960px; margin: 0 auto; padding: 24px 36px 48px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 28px; }
h1, h2, p, dl, dd, figure { margin: 0; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 4px 16px; color: var(--ink-3); font-size: 12px; }
.brand { display: flex; align-items: center; gap: 8px; color: var(--ink); font-weight: 600; font-size: 14px; }
h1 { font: 400 27px/35px "Source Serif 4", Georgia, "Times New Roman", serif; letter-spacing: -.003em; text-wrap: pretty; max-width: 44em; }
h1 b { font-weight: 600; } h1 > * { unicode-bidi: isolate; }
.lead { margin-top: 10px; color: var(--ink-2); font-size: 14px; line-height: 21px; }
section { border-top: 2px solid var(--rule); padding-top: 9px; min-width: 0; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; margin-bottom: 6px; }
h2 { font-size: 14px; line-height: 18px; font-weight: 600; }
.note { color: var(--ink-3); font-size: 12px; line-height: 16px; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; color: var(--ink-3); font-size: 12px; line-height: 16px; padding: 4px 16px 6px 0; vertical-align: bottom; }
td, tbody th { border-top: 1px solid var(--line); padding: 8px 16px 8px 0; vertical-align: middle; }
tbody th { color: var(--ink); font-size: 13px; line-height: 18px; }
tbody tr:last-child > * { border-bottom: 1px solid var(--line); }
tr > :last-child { padding-right: 0; }
.num { text-align: right; white-space: nowrap; }
.name { unicode-bidi: isolate; font-weight: 500; }
.plumb { width: 300px; padding-top: 0; padding-bottom: 0; }
th.plumb { text-align: center; padding-bottom: 6px; }
.plumb svg { display: block; width: 100%; max-width: 300px; margin: 0 auto; height: 40px; overflow: visible; }
.tint-act { background: var(--act-tint); } .tint-look { background: var(--look-tint); }
.agree { display: flex; gap: 8px; color: var(--ink-2); margin-top: 10px; } .agree svg { flex: none; margin-top: 3px; }
.fields svg { display: block; width: 160px; height: 10px; }
.t-act { color: var(--act); font-weight: 600; } .t-look { color: var(--look); font-weight: 600; } .t-ok { color: var(--ok); } .soft { color: var(--ink-2); } .quiet { color: var(--ink-3); }
.only-narrow { display: none; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
svg text { font: 400 12px "IBM Plex Sans", system-ui, -apple-system, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; fill: var(--ink); }
svg text.s { font-size: 11px; fill: var(--ink-3); } svg text.b { font-weight: 600; } svg text.t-act { fill: var(--act); } svg text.t-look { fill: var(--look); } svg text.soft { fill: var(--ink-2); } svg text.quiet { fill: var(--ink-3); }
.scroll { overflow-x: auto; } .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.blocks { display: grid; gap: 8px; }
.block { padding: 12px 16px; border-radius: 4px; background: var(--look-tint); display: grid; grid-template-columns: 14px minmax(0, 1fr); gap: 10px; }
.block svg { margin-top: 3px; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--ink-3); font-size: 12px; line-height: 24px; min-height: 24px; } details table { max-width: 520px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 20px; } dt { color: var(--ink-3); } 
footer { color: var(--ink-3); font-size: 12px; line-height: 16px; border-top: 1px solid var(--line); padding-top: 12px; }
@media (max-width: 720px) {
  .page { padding: 20px 18px 40px; gap: 24px; } h1 { font-size: 23px; line-height: 30px; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr { display: block; width: 100%; }
  .stack tr { display: flex; flex-wrap: wrap; gap: 2px 16px; border-top: 1px solid var(--line); padding: 10px 0; }
  .stack tbody tr:last-child { border-bottom: 1px solid var(--line); }
  .stack td, .stack tbody th { display: block; border: 0 !important; padding: 0; text-align: left; }
  .stack tbody th, .stack .bar { flex: 1 0 100%; } .stack .plumb { flex: 1 0 100%; width: 100%; padding: 2px 0; }
  .only-narrow { display: inline; color: var(--ink-3); } .not-narrow { display: none !important; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 2px; } dd { margin-bottom: 8px; }
}
@media print { body { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .page { padding: 0; } section, tr { break-inside: avoid; } }
`;
