import type { AudienceDetail } from "../../app/api/contract.ts";
import { count, share } from "../ui/format.ts";
import { readWord, writeWord } from "../ui/labels.ts";
import { Section } from "../ui/section.tsx";
import { Mail } from "./mail.tsx";
import { Rules } from "./rules.tsx";

/** What each copy is made of, how well it can be read, by which rule, and which mail goes there. */
export function Definition(props: { audience: AudienceDetail }) {
  const { audience } = props;
  return (
    <div className="stack">
      {audience.reason && <p className="lead soft anyname">{audience.reason}</p>}
      <Section title="Copies" note="how each is defined, read and matched">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a narrow screen this region scrolls and has to be reachable by keyboard */}
        <section className="scroll-x" tabIndex={0} aria-label="Copies of this audience">
          <table className="table wide-table">
            <thead>
              <tr>
                <th scope="col">System</th>
                <th scope="col">Defined as</th>
                <th scope="col">Reading</th>
                <th scope="col">Writing</th>
                <th scope="col" className="num">
                  Records
                </th>
                <th scope="col" className="num">
                  Duplicates
                </th>
                <th scope="col" className="num">
                  No usable identity
                </th>
                <th scope="col" className="num">
                  Owner’s people found
                </th>
              </tr>
            </thead>
            <tbody>
              {audience.systems.map((s) => (
                <tr key={s.id}>
                  <td className="anyname">
                    <strong>{s.title}</strong>
                    {s.id === audience.owner && <span className="muted"> owner</span>}
                  </td>
                  <td>
                    <code className="anyname definition">{s.definition}</code>
                  </td>
                  <td className="soft">{readWord(s.capabilities.read)}</td>
                  <td className="soft">{writeWord(s.capabilities.write)}</td>
                  <td className="num">{count(s.records)}</td>
                  <td className="num">{count(s.duplicates)}</td>
                  <td className="num">{count(s.invalid)}</td>
                  <td className="num">{s.id === audience.owner ? "" : found(s.matchRate)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Section>
      <Rules systems={audience.systems} />
      <Mail audience={audience} />
    </div>
  );
}

/** Of what the source has for this copy; and of what was accepted there, where that is told. */
function found(rate: AudienceDetail["systems"][number]["matchRate"]): string {
  const source = share(rate.ofSource?.matched ?? null, rate.ofSource?.of ?? null);
  return rate.ofAccepted === null
    ? source
    : `${source}; ${share(rate.ofAccepted.matched, rate.ofAccepted.of)} of what it accepted`;
}
