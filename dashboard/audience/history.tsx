import type { AudienceDetail } from "../../app/api/contract.ts";
import { IncidentTable } from "../ui/incident-table.tsx";
import { Mark } from "../ui/mark.tsx";

export function History(props: { audience: AudienceDetail }) {
  if (props.audience.incidents.length === 0)
    return (
      <p className="marked">
        <Mark name="fine" silent /> <span>This audience never had an incident.</span>
      </p>
    );
  return <IncidentTable incidents={props.audience.incidents} />;
}
