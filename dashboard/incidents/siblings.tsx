import { Link } from "@tanstack/react-router";
import type { IncidentDetail } from "../../app/api/contract.ts";
import { people } from "../ui/format.ts";

const NOW = { off: "not as usual", over: "back to normal", unread: "not read this time" } as const;

/** The lists that one incident tells of, each with a way to its page. */
export function Siblings(props: { siblings: NonNullable<IncidentDetail["siblings"]> }) {
  return (
    <table className="table" aria-label="Lists of this incident">
      <tbody>
        {props.siblings.map((s) => (
          <tr key={s.audience}>
            <th scope="row" className="anyname">
              <Link to="/audiences/$id" params={{ id: s.audience }}>
                {s.title}
              </Link>
            </th>
            <td className="soft">{NOW[s.now]}</td>
            <td className="num">{people(s.people)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
