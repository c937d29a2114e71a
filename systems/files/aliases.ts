import type { IdentifierKind } from "../../core/model.ts";

/** What a column can mean and the configuration's `columns` can name. */
export type NamedRole = IdentifierKind | "consent" | "consent_at" | "updated_at";
/** What a column can mean besides being an attribute. The last ones only ever take a person out of mail. */
export type ColumnRole =
  | NamedRole
  | "record_id"
  | "joined_at"
  | "mailable"
  | "bounced"
  | "bounced_at"
  | "opted_out"
  | "opted_out_at"
  | "complained";

/**
 * How exports call these columns, letters and digits only; the first that a file has counts. Besides common names:
 * Klaviyo's list and segment exports (“Email Marketing Consent”, “Date Added”), Mailchimp's audience exports
 * (OPTIN_TIME, UNSUB_TIME, CLEAN_TIME, LAST_CHANGED, EUID), HubSpot's contact export by label or internal name
 * (“Record ID”, “Unsubscribed from all email”, hs_email_optout). Read 2026-11-26.
 */
export const ALIASES: Readonly<Record<ColumnRole, readonly string[]>> = {
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
    "smsphonenumber",
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
    "emailmarketingconsent",
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
    "emailmarketingconsenttimestamp",
    "optintime",
    "optindate",
    "optouttime",
    "unsubscribedat",
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
  record_id: ["id", "recordid", "klaviyoid", "euid", "contactid", "hsobjectid"],
  joined_at: ["joinedat", "dateadded", "addedat", "joinedgroupat"],
  mailable: ["mailable"],
  bounced: ["bounced", "portalbounce", "globalbounce"],
  bounced_at: ["cleantime"],
  opted_out: ["unsubscribedfromallemail", "hsemailoptout", "portalunsubscribe", "optedoutofallemail"],
  opted_out_at: ["unsubtime"],
  complained: ["portalspamreport"],
};

/** Attributes that most tools know, and how their exports call them. */
export const ATTRIBUTE_ALIASES: Readonly<Record<string, readonly string[]>> = {
  first_name: ["firstname", "fname", "givenname"],
  last_name: ["lastname", "lname", "surname", "familyname"],
  company: ["company", "companyname", "organization", "organisation"],
  city: ["city"],
  region: ["region", "stateregion", "province"],
  country: ["country", "countryregion"],
  postal_code: ["postalcode", "zip", "zipcode", "postcode"],
  birthday: ["birthday", "dateofbirth", "birthdate"],
};
