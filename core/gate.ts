import type { AudienceId, Instant, SystemId } from "./model.ts";

/** Go, No-go or Can't tell: may this send go out as it is planned? */
export type GateVerdict = "go" | "no_go" | "cant_tell";

/** A list of a send, with the audiences of ours whose copy it is; none: nothing that is audited here. */
export type GateRef = { readonly name: string; readonly audiences: readonly AudienceId[] };

/** A send that was planned, by the system's own word or by the calendar of the configuration. */
export type GateSend = {
  /** The vendor's id of the campaign; of the calendar its name. */
  readonly id: string;
  readonly name: string;
  readonly system: SystemId;
  readonly systemTitle: string;
  /** null: it has no time yet. */
  readonly at: Instant | null;
  /** Nothing goes out yet: it can be asked about, and is not looked at by itself. */
  readonly isDraft: boolean;
  readonly source: "campaign" | "calendar";
  /** When the system told of it last; null: it is of the calendar. */
  readonly toldAt: Instant | null;
  /** A receipt or notice, which may go to people who opted out of marketing. null: nobody says so, taken as marketing. */
  readonly transactional: boolean | null;
  readonly includes: readonly GateRef[];
  readonly excludes: readonly GateRef[];
};

/** `note` changes nothing: it is worth knowing. */
export type GateWeight = "no_go" | "cant_tell" | "note";

export type GateReason = {
  readonly weight: GateWeight;
  readonly kind:
    | "erased"
    | "suppressed"
    | "opted_out"
    | "kept_out"
    | "size"
    | "exclude_shrunk"
    | "incident"
    | "list_unknown"
    | "list_unread"
    | "list_stale"
    | "evidence"
    | "mailable_unknown"
    | "campaign_stale"
    | "transactional";
  /** One sentence with its full stop; counts and names of lists, never of people. */
  readonly text: string;
  /** People it is about; null: cannot tell, or it is about none. */
  readonly people: number | null;
  /** INC-<id>; null: no incident. */
  readonly incident: number | null;
};

export type GateAnswer = {
  readonly verdict: GateVerdict;
  readonly send: GateSend;
  readonly checkedAt: Instant;
  /** "No-go: 24 people who must not get it would." */
  readonly headline: string;
  /** Who would get it; null: cannot tell. */
  readonly recipients: number | null;
  /** Of them, who must not; null: cannot tell. */
  readonly mustNot: number | null;
  /** Some list could not be read: there may be more. */
  readonly atLeast: boolean;
  /** A list that may leave people out is not known: there may be fewer. */
  readonly atMost: boolean;
  /** The oldest reading that it rests on; null: none. */
  readonly asOf: Instant | null;
  /** Worst first. */
  readonly reasons: readonly GateReason[];
};
