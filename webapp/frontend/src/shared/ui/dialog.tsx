/** A message in the middle of the screen that waits for an answer. Loaded with the first one. */

import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";

interface DialogProps {
  icon: IconName;
  title: string;
  children: ReactNode;
  /** Buttons, the ways on; nothing else closes it. */
  actions: ReactNode;
}

export function Dialog({ icon, title, children, actions }: DialogProps) {
  return (
    <AlertDialog.Root open>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="animate-fade fixed inset-0 z-42 bg-black/60" />
        <AlertDialog.Viewport className="fixed inset-0 z-43 flex overflow-y-auto px-4 pt-[calc(var(--sat)+16px)] pb-[calc(var(--sab)+16px)]">
          <AlertDialog.Popup className="animate-rise m-auto flex w-full max-w-90 flex-col items-center gap-3 rounded-[20px] bg-surface px-5 pt-6 pb-5 text-center text-fg shadow-sheet outline-none">
            <span className="grid size-14 place-items-center rounded-chip bg-raised text-muted">
              <Icon name={icon} size={26} />
            </span>
            <AlertDialog.Title className="text-h2 font-bold text-balance">
              {title}
            </AlertDialog.Title>
            <AlertDialog.Description className="w-full text-muted" render={<div />}>
              {children}
            </AlertDialog.Description>
            <div className="mt-2 flex w-full flex-col gap-2.5">{actions}</div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
