/** What no person does for themselves, in the words of vendors. */
const NOT_THEMSELVES =
  /import|upload|bulk|csv|\bapi\b|_api|integration|workflow|sync|migrat|admin|staff|user|manual|batch/i;
const THEMSELVES =
  /form|preference|sign.?up|opt.?in|confirm|check.?box|landing|keyword|inbound|subscri\w* page|self.?serv/i;

/**
 * Did the person say yes? true: by a form, a preference page or a confirmed opt-in; false: by an import, an API or
 * somebody else; null: the word says neither. A word that says both is not taken for the person's own.
 */
export function isOwnAct(method: string | null): boolean | null {
  if (method === null) return null;
  if (NOT_THEMSELVES.test(method)) return false;
  return THEMSELVES.test(method) ? true : null;
}
