import { Modal } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

type Props = {
  open: boolean;
  close: () => void;
  title: string;
  children: ReactNode;
  size?: number;
  bare?: boolean;
};

/** A dialog that traps the focus and gives it back. Nothing of it is in the page while it is closed. */
export function Dialog(props: Props) {
  return props.open ? <Opened {...props} /> : null;
}

function Opened(props: Props) {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <Modal
      opened
      onClose={props.close}
      title={props.title}
      size={props.size ?? 560}
      returnFocus={false}
      closeButtonProps={{ "aria-label": "Close" }}
      overlayProps={{ backgroundOpacity: 0.4 }}
      transitionProps={{ duration: 0 }}
      // it is a <header> in the page's body, which would be a second banner
      attributes={{ header: { role: "presentation" } }}
      classNames={{
        content: "dialog",
        header: props.bare ? "hidden" : "dialog-header",
        title: "dialog-title",
        body: props.bare ? "dialog-bare" : "dialog-body",
      }}
    >
      {props.children}
    </Modal>
  );
}
