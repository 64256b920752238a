/** A bottom sheet on phones, a dialog on desktop. Loaded with the first sheet. */

import { Drawer } from "@base-ui/react/drawer";
import type { ReactNode } from "react";
import { useT } from "../i18n";
import { IconButton } from "./button";

interface SheetProps {
  open: boolean;
  title: string;
  onClose: () => void;
  onClosed: () => void;
  children: ReactNode;
}

export function Sheet({ open, title, onClose, onClosed, children }: SheetProps) {
  const t = useT();
  return (
    <Drawer.Root
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      onOpenChangeComplete={(next) => {
        if (!next) onClosed();
      }}
      open={open}
    >
      <Drawer.Portal>
        <Drawer.Backdrop className="sheet-backdrop" />
        <Drawer.Viewport className="sheet-viewport">
          <Drawer.Popup className="sheet">
            <div className="shrink-0 px-4 pt-2 lg:pt-4">
              <div aria-hidden="true" className="mx-auto h-1 w-9 rounded-chip bg-line lg:hidden" />
              <div className="flex min-h-12 items-center justify-between gap-3">
                <Drawer.Title className="text-h2 font-bold">{title}</Drawer.Title>
                <IconButton
                  className="-me-2.5"
                  icon="close"
                  label={t("app-close")}
                  onClick={onClose}
                />
              </div>
            </div>
            <Drawer.Content className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 pb-[calc(20px+var(--sab))]">
              {children}
            </Drawer.Content>
          </Drawer.Popup>
        </Drawer.Viewport>
      </Drawer.Portal>
    </Drawer.Root>
  );
}
