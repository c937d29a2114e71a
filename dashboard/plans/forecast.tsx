import type { PlanDetail } from "../../app/api/contract.ts";
import { count, plural } from "../ui/format.ts";
import { Mark, type Shape } from "../ui/mark.tsx";

type Group = PlanDetail["groups"][number];
type Line = NonNullable<Group["forecast"]>[number];

const WHAT: Record<Line["what"], string> = {
  mails: "Mails that ask to confirm",
  contacts: "New contacts",
  hooks: "Webhooks",
};
const SHAPE: Record<Line["verdict"], Shape> = { none: "fine", some: "look", cant_tell: "cant_tell" };
const figure = (line: Line): string =>
  line.verdict === "none" ? "none" : line.count === null ? "can’t tell" : count(line.count);

/** What adding people may set off: automations first, since they send mail. */
export function AddForecast(props: { group: Group; adds: number }) {
  const { automations, forecast } = props.group;
  return (
    <>
      <Automations names={automations} count={props.adds} />
      {forecast !== null && (
        <dl className="forecast">
          {forecast.map((line) => (
            <div key={line.what}>
              <dt>
                <Mark name={SHAPE[line.verdict]} silent size={11} /> {WHAT[line.what]}
              </dt>
              <dd>
                <strong>{figure(line)}</strong> <span className="soft anyname">{line.text}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function Automations(props: { names: Group["automations"]; count: number }) {
  const { names } = props;
  if (names !== null && names.length === 0) return null;
  return (
    <p className="autos marked">
      <Mark name={names === null ? "cant_tell" : "look"} silent />
      <span>
        <strong>Adding may send mail.</strong>{" "}
        {names === null ? (
          "Can’t tell which automations start when someone joins."
        ) : (
          <>
            {plural(names.length, "live automation starts", "live automations start")} when someone joins:{" "}
            <span className="anyname">{names.map((name) => `“${name}”`).join(", ")}</span>.
          </>
        )}{" "}
        {plural(props.count, "person", "people")} may get them.
      </span>
    </p>
  );
}
