import { type ReactNode, useEffect, useState } from "react";
import { ApiError, said } from "../api/client.ts";
import { Mark, type Shape } from "./mark.tsx";

/** A state in words: what is so, and the next step. */
export function StateBlock(props: {
  tone: "act" | "look" | "ok" | "quiet";
  mark: Shape;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  live?: boolean;
  page?: boolean;
}) {
  const Heading = props.page ? "h1" : "h2";
  return (
    <div
      className={`block ${props.tone === "quiet" ? "" : `block-${props.tone}`}`}
      {...(props.live ? { role: "alert" } : {})}
    >
      <Mark name={props.mark} silent />
      <div>
        <Heading>{props.title}</Heading>
        {props.children}
        {props.actions && <div className="more">{props.actions}</div>}
      </div>
    </div>
  );
}

/** What failed, the request id, a retry. What was typed or filtered stays where it is. `page`: nothing else is shown. */
export function ErrorBlock(props: { error: unknown; what: string; retry?: () => void; page?: boolean }) {
  const error = props.error instanceof ApiError ? props.error : null;
  const forbidden = error?.status === 403;
  return (
    <StateBlock
      live
      page={props.page ?? false}
      tone={forbidden ? "quiet" : "act"}
      mark={forbidden ? "left_out" : "act"}
      title={forbidden ? "Not allowed" : props.what}
      actions={
        props.retry &&
        !forbidden && (
          <button type="button" className="btn" onClick={props.retry}>
            Try again
          </button>
        )
      }
    >
      <p>
        {said(props.error)}
        {error?.requestId && (
          <>
            {" "}
            Request <code>{error.requestId}</code>.
          </>
        )}
      </p>
    </StateBlock>
  );
}

/** True 300 ms after the first render: a fast answer shows no skeleton. */
function useLate(): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return late;
}

/** The page’s layout in grey, after 300 ms, with words on what is awaited. */
export function Skeleton(props: { what: string; rows?: number; aside?: boolean }) {
  const late = useLate();
  if (!late) return <div aria-busy="true" style={{ minHeight: 400 }} />;
  const lines = (n: number) =>
    Array.from({ length: n }, (_, index) => (
      <div
        key={index}
        className="skel"
        style={{ height: 20, margin: "16px 0", width: `${92 - (index % 3) * 11}%` }}
      />
    ));
  return (
    <div className={props.aside ? "two" : ""} aria-busy="true">
      <div>
        <div className="skel" style={{ height: 30, width: "86%" }} />
        <div className="skel" style={{ height: 30, width: "58%", margin: "12px 0 28px" }} />
        <div className="section">{lines(props.rows ?? 8)}</div>
        <p className="muted" role="status">
          {props.what}
        </p>
      </div>
      {props.aside && (
        <div style={{ paddingTop: 84 }}>
          <div className="section">{lines(5)}</div>
        </div>
      )}
    </div>
  );
}
