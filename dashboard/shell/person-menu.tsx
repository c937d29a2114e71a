import { Menu } from "@mantine/core";
import type { Status } from "../../app/api/contract.ts";
import { useSession } from "../api/session.ts";
import { capital } from "../ui/format.ts";

/** Who acts. In the demo one may act as somebody else, to see a second person approve. */
export function PersonMenu(props: { status: Status }) {
  const { me, switchable, company } = props.status;
  const session = useSession();
  const name = (
    <>
      <span className="anyname">{company}</span>
      <br />
      <span className="anyname">{me.name}</span> · {capital(me.role)}
    </>
  );
  const others = switchable.filter((person) => person.name !== me.name);
  if (others.length === 0) return <p className="person">{name}</p>;
  return (
    <Menu position="top-start" withinPortal width={220}>
      <Menu.Target>
        <button type="button" className="person person-button">
          {name}
          <span className="hidden">, switch person</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown className="menu">
        <Menu.Label className="menu-label">Act as, in this demo</Menu.Label>
        {others.map((person) => (
          <Menu.Item
            key={person.name}
            className="menu-item"
            onClick={() => session.mutate({ name: person.name })}
          >
            {person.name} <span className="muted">{capital(person.role)}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
