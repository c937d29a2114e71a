/** Comments and brackets before the first word. `hash`: does # begin a comment, as in MySQL? */
const before = (hash: boolean): RegExp =>
  hash
    ? /^(\s|--[^\n]*(\n|$)|#[^\n]*(\n|$)|\/\*[\s\S]*?\*\/|\()+/g
    : /^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/|\()+/g;

/**
 * Does this SQL begin as a query? Begin, commit, set transaction and the like would leave the READ ONLY transaction;
 * what hides behind a query (a function that writes) is the server's to refuse.
 */
export const beginsAsQuery = (sql: string, hash: boolean): boolean =>
  /^(select|with|values|table)\b/i.test(sql.replace(before(hash), ""));
