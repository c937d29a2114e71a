import { type ReactNode, useId } from "react";

/** A 2 px rule opens a section; the note says what the numbers mean. */
export function Section(props: {
  title: string;
  note?: ReactNode;
  end?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={`section ${props.className ?? ""}`} aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>{props.title}</h2>
        {props.note !== undefined && <span className="note">{props.note}</span>}
        {props.end !== undefined && <span className="end">{props.end}</span>}
      </div>
      {props.children}
    </section>
  );
}
