import { Link } from "@tanstack/react-router";

export function NotFound() {
  return (
    <>
      <h1 className="head">There is no page here.</h1>
      <p className="lead soft">
        The address may be old or mistyped. <Link to="/">Back to the overview</Link>
      </p>
    </>
  );
}
