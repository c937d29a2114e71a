import type { Answer } from "../sim/server.ts";
import { JSON_API } from "./paging.ts";
import type { Vendor } from "./profiles-api.ts";

/** GET /accounts */
export function readAccount(vendor: Vendor): Answer {
  const self = `${vendor.base()}/api/accounts/`;
  return {
    status: 200,
    headers: JSON_API,
    body: {
      data: [
        {
          type: "account",
          id: "HARBPN",
          attributes: {
            test_account: true,
            contact_information: {
              default_sender_name: "Harbour & Pine",
              default_sender_email: "hello@harbour-pine.example.test",
              website_url: "https://harbour-pine.example.test",
              organization_name: "Harbour & Pine",
              street_address: {
                address1: null,
                address2: null,
                city: null,
                region: null,
                country: null,
                zip: null,
              },
            },
            industry: "Software / SaaS",
            timezone: "Etc/UTC",
            preferred_currency: "EUR",
            public_api_key: "HARBPN",
            locale: "en-US",
          },
          links: { self: `${self}HARBPN/` },
        },
      ],
      links: { self, next: null, prev: null },
    },
  };
}

const METRICS = [
  "Placed Order",
  "Received Email",
  "Bounced Email",
  "Marked Email as Spam",
  "Unsubscribed from Email Marketing",
];

/** GET /metrics: Klaviyo's own that reports need. */
export function browseMetrics(vendor: Vendor): Answer {
  const self = `${vendor.base()}/api/metrics/`;
  const data = METRICS.map((name, i) => ({
    type: "metric",
    id: `METRC${i}`,
    attributes: {
      name,
      created: "2024-01-01T00:00:00+00:00",
      updated: "2024-01-01T00:00:00+00:00",
      integration: { object: "integration", id: "0rG4eQ", name: "Klaviyo", category: "Internal" },
    },
    relationships: {},
    links: { self: `${self}METRC${i}/` },
  }));
  return { status: 200, headers: JSON_API, body: { data, links: { self, next: null, prev: null } } };
}
