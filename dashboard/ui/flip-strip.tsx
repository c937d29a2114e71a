/** One cell per complete read, oldest first: filled = present, a dash on the floor = away. */
export function FlipStrip(props: { bits: string; label: string; width?: number }) {
  const cells = [...props.bits];
  const step = 5;
  return (
    <svg
      width={props.width ?? "100%"}
      height="14"
      viewBox={`0 0 ${Math.max(1, cells.length) * step} 14`}
      preserveAspectRatio="none"
      style={{ maxWidth: cells.length * step }}
      role="img"
      aria-label={props.label}
      className="flip-strip"
    >
      {cells.map((bit, index) => {
        const key = `${index}${bit}`;
        return bit === "1" ? (
          <rect key={key} x={index * step} y="1" width="3.9" height="12" fill="var(--bar)" />
        ) : (
          <rect key={key} x={index * step} y="11.6" width="3.9" height="1.4" fill="var(--line-2)" />
        );
      })}
    </svg>
  );
}
