type Part = { readonly text: string; readonly strong: boolean };

/** The sentence that answers the page’s question. Parts come from the server; all of it is text. */
export function Verdict(props: { parts: readonly Part[]; size?: "verdict" | "head" }) {
  return (
    <h1 className={props.size ?? "verdict"}>
      {props.parts.map((part, index) =>
        part.strong ? (
          <strong key={`${index}-${part.text}`}>{part.text}</strong>
        ) : (
          <span key={`${index}-${part.text}`}>{part.text}</span>
        ),
      )}
    </h1>
  );
}
