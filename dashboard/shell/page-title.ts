import { useEffect } from "react";

/** Names the page in the browser’s tab; audience and incident names are text there too. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Plumbline`;
  }, [title]);
}
