import type { ReactNode } from "react";
import { ErrorBlock } from "./state-block.tsx";

type Answer<T> = {
  readonly data: T | undefined;
  readonly isError: boolean;
  readonly error: unknown;
  refetch(): unknown;
};

/** What a section shows of its answer: the answer, why there is none, or that it is on its way, in words. */
export function Loaded<T>(props: {
  answer: Answer<T>;
  failed: string;
  waiting: string;
  skeleton?: string;
  children: (data: T) => ReactNode;
}) {
  const { answer } = props;
  if (answer.data !== undefined) return props.children(answer.data);
  if (answer.isError)
    return <ErrorBlock error={answer.error} what={props.failed} retry={() => void answer.refetch()} />;
  return (
    <div aria-busy="true">
      <div className={`skel ${props.skeleton ?? ""}`.trim()} />
      <p className="muted" role="status">
        {props.waiting}
      </p>
    </div>
  );
}
