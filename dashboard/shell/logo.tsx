/** The plumb bob. */
export function Logo() {
  return (
    <svg width="15" height="20" viewBox="0 0 15 20" aria-hidden="true">
      <path d="M1.5 1.5h12M7.5 1.5V10" stroke="currentColor" strokeWidth="1.8" fill="none" />
      <path d="M7.5 9.4l4 3.6-4 6.4-4-6.4z" fill="currentColor" />
    </svg>
  );
}
