import type { ErrorComponentProps } from "@tanstack/react-router";
import { ErrorBlock } from "../ui/state-block.tsx";

/** The last net: a page that failed to draw says so and offers to try again; the rest of the shell stays. */
export function PageError(props: ErrorComponentProps) {
  return <ErrorBlock page error={props.error} what="This page could not be shown" retry={props.reset} />;
}
