import type { IdentifierKind } from "../../core/model.ts";

/** What a column can mean besides being an attribute. */
export type ColumnRole = IdentifierKind | "consent" | "consent_at" | "updated_at";

/** How exports of common tools call these columns, letters and digits only. */
const ALIASES: Readonly<Record<ColumnRole, readonly string[]>> = {
  email: [
    "email",
    "emailaddress",
    "mail",
    "emailid",
    "primaryemail",
    "primaryemailaddress",
    "subscriberemail",
    "useremail",
    "contactemail",
    "customeremail",
    "personemail",
    "workemail",
  ],
  phone: [
    "phone",
    "phonenumber",
    "mobile",
    "mobilephone",
    "mobilenumber",
    "mobilephonenumber",
    "telephone",
    "cellphone",
    "cell",
    "msisdn",
    "smsnumber",
  ],
  customer_id: [
    "customerid",
    "customernumber",
    "customerno",
    "customerkey",
    "clientid",
    "userid",
    "externalid",
    "externaluserid",
    "memberid",
    "personid",
  ],
  consent: [
    "consent",
    "consentstatus",
    "emailconsent",
    "marketingconsent",
    "optinstatus",
    "subscriptionstatus",
    "emailmarketingconsentstate",
  ],
  consent_at: [
    "consentat",
    "consentdate",
    "consenttimestamp",
    "consenttime",
    "optintime",
    "optindate",
    "optouttime",
    "unsubscribedat",
    "emailmarketingconsenttimestamp",
  ],
  updated_at: [
    "updatedat",
    "lastupdated",
    "lastmodified",
    "lastmodifieddate",
    "modifiedat",
    "lastchanged",
    "lastchange",
  ],
};

const plain = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

/** Index of a named column; exact first, then regardless of case and punctuation if only one fits; −1: none. */
export function columnNamed(columns: readonly string[], name: string): number {
  const exact = columns.indexOf(name.trim());
  if (exact >= 0) return exact;
  const like = columns.flatMap((c, i) => (plain(c) === plain(name) && plain(c) !== "" ? [i] : []));
  return like.length === 1 ? (like[0] as number) : -1;
}

/**
 * Index of the column that means `role` by its name; −1: none. The first alias in the list wins, so that "Email"
 * stands before "Work email".
 *
 * @example columnFor(["First Name", "E-Mail Address"], "email") // 1
 */
export function columnFor(columns: readonly string[], role: ColumnRole): number {
  const names = columns.map(plain);
  for (const alias of ALIASES[role]) {
    const at = names.indexOf(alias);
    if (at >= 0) return at;
  }
  return -1;
}
