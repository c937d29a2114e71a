import { useState } from "react";
import { said } from "../api/client.ts";
import { useSession } from "../api/session.ts";
import { Logo } from "./logo.tsx";
import { usePageTitle } from "./page-title.ts";

/** Shown when the configuration names people and nobody is signed in. */
export function SignIn() {
  usePageTitle("Sign in");
  const session = useSession();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const error = session.error;
  return (
    <main className="sign-in">
      <p className="brand">
        <Logo /> Plumbline
      </p>
      <h1 className="head">Sign in to see your audiences.</h1>
      <form
        className="framed stack"
        onSubmit={(event) => {
          event.preventDefault();
          session.mutate({ name, password });
        }}
      >
        <label className="field">
          <span>Name</span>
          <input
            className="input"
            autoComplete="username"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field">
          <span>Password</span>
          <input
            className="input"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {error && (
          <p role="alert" className="t-act">
            {said(error)}
          </p>
        )}
        <button type="submit" className="btn btn-primary" disabled={session.isPending}>
          Sign in
        </button>
      </form>
    </main>
  );
}
