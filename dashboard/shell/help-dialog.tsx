import { useState } from "react";
import { Mark, type Shape } from "../ui/mark.tsx";
import { Dialog } from "./dialog.tsx";
import { keysAreOn, switchKeys } from "./keys.ts";

const KEYS: readonly (readonly [string, string])[] = [
  ["Ctrl K or ⌘ K, or /", "find anything"],
  ["g o", "overview"],
  ["g a", "audiences"],
  ["g i", "incidents"],
  ["g p", "plans"],
  ["j, k", "next, previous row"],
  ["Enter", "open the row"],
  ["a", "incident: take it"],
  ["s", "incident: snooze"],
  ["e", "incident: resolve"],
  ["f", "incident: not a problem"],
  ["d", "incident: draft a repair"],
  ["n, p", "plan: next, previous group"],
  ["?", "this help"],
];
const SHAPES: readonly (readonly [Shape, string])[] = [
  ["act", "act now"],
  ["look", "look at it"],
  ["fine", "fine"],
  ["cant_tell", "can’t tell"],
  ["owner", "the owner, whose word counts"],
  ["config", "configuration change"],
  ["suppress", "suppress"],
  ["left_out", "left out, nothing happens"],
];

export function HelpDialog(props: { open: boolean; close: () => void }) {
  const [on, setOn] = useState(keysAreOn);
  return (
    <Dialog open={props.open} close={props.close} title="Keys and shapes">
      <div className="help">
        <table className="table">
          <caption className="hidden">Keys</caption>
          <tbody>
            {KEYS.map(([key, what]) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <ul>
          {SHAPES.map(([shape, what]) => (
            <li key={shape}>
              <Mark name={shape} silent /> {what}
            </li>
          ))}
        </ul>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            switchKeys(event.target.checked);
            setOn(event.target.checked);
          }}
        />{" "}
        Single keys are on
      </label>
      <p className="muted small">No single key writes to a system. Keys do nothing while you type.</p>
    </Dialog>
  );
}
