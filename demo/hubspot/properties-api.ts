import type { Answer } from "../sim/server.ts";
import type { Account } from "./account.ts";
import { notFound } from "./api-error.ts";
import { iso, type Json } from "./body.ts";

type Definition = {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly readOnly?: boolean;
  readonly custom?: boolean;
  readonly options?: readonly string[];
};

const text = (name: string, label: string): Definition => ({
  name,
  label,
  type: "string",
  fieldType: "text",
});
const readOnly = (name: string, label: string, type = "string"): Definition => ({
  name,
  label,
  type,
  fieldType: "text",
  readOnly: true,
});

const BASE: readonly Definition[] = [
  text("email", "Email"),
  text("firstname", "First Name"),
  text("lastname", "Last Name"),
  text("phone", "Phone Number"),
  text("mobilephone", "Mobile Phone Number"),
  text("company", "Company Name"),
  text("country", "Country/Region"),
  text("city", "City"),
  text("jobtitle", "Job Title"),
  {
    name: "lifecyclestage",
    label: "Lifecycle Stage",
    type: "enumeration",
    fieldType: "radio",
    options: [
      "subscriber",
      "lead",
      "marketingqualifiedlead",
      "opportunity",
      "customer",
      "evangelist",
      "other",
    ],
  },
  {
    name: "hs_legal_basis",
    label: "Legal basis for processing contact's data",
    type: "enumeration",
    fieldType: "checkbox",
    options: ["Legitimate interest – prospect/lead", "Freely given consent from contact", "Not applicable"],
  },
  readOnly("createdate", "Create Date", "datetime"),
  readOnly("lastmodifieddate", "Last Modified Date", "datetime"),
  readOnly("hs_object_id", "Record ID", "number"),
  readOnly("hs_email_domain", "Email Domain"),
  readOnly("hs_all_contact_vids", "All vids for a contact", "enumeration"),
  readOnly("hs_additional_emails", "Additional email addresses", "enumeration"),
  readOnly("hs_merged_object_ids", "Merged record IDs", "enumeration"),
  readOnly("hs_email_optout", "Unsubscribed from all email", "bool"),
  readOnly("hs_marketable_status", "Marketing contact status", "enumeration"),
  readOnly("hs_email_hard_bounce_reason_enum", "Email hard bounce reason", "enumeration"),
  readOnly("hs_email_bounce", "Marketing emails bounced", "number"),
  readOnly("hs_email_quarantined", "Email address quarantined", "bool"),
];

/** The contact schema: what HubSpot has, one opt-out per subscription type, and what the account made. */
export class Properties {
  readonly #custom = new Map<string, Definition>();
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  add(name: string, label: string = name): void {
    this.#custom.set(name, { ...text(name, label), custom: true });
  }

  clear(): void {
    this.#custom.clear();
  }

  all(): readonly Definition[] {
    const optOuts = this.#account.consent.definitions.map((d) =>
      readOnly(`hs_email_optout_${d.id}`, `Opted out of email: ${d.name}`, "bool"),
    );
    return [...BASE, ...optOuts, ...this.#custom.values()];
  }

  find(name: string): Definition | undefined {
    return this.#custom.get(name) ?? this.all().find((p) => p.name === name);
  }
}

export function listProperties(account: Account, properties: Properties): Answer {
  return {
    status: 200,
    body: { results: properties.all().map((p) => propertyJson(account, p)) },
  };
}

export function getProperty(account: Account, properties: Properties, name: string): Answer {
  const found = properties.find(name);
  if (found === undefined) throw notFound(`Unable to find property with name ${name}`);
  return { status: 200, body: propertyJson(account, found) };
}

function propertyJson(account: Account, p: Definition): Json {
  const custom = p.custom === true;
  return {
    ...(custom ? { updatedAt: iso(account.now()), createdAt: iso(account.now()) } : {}),
    name: p.name,
    label: p.label,
    type: p.type,
    fieldType: p.fieldType,
    description: "",
    groupName: "contactinformation",
    options: (p.options ?? []).map((value, displayOrder) => ({
      label: value,
      value,
      displayOrder,
      hidden: false,
    })),
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    ...(custom ? { archived: false } : { hubspotDefined: true }),
    hasUniqueValue: p.name === "email",
    hidden: false,
    modificationMetadata: {
      archivable: custom,
      readOnlyDefinition: !custom,
      readOnlyValue: p.readOnly === true,
    },
    formField: p.readOnly !== true,
  };
}
