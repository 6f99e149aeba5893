import { useEffect, useRef } from 'preact/hooks'

import { useApp } from '../state/app.ts'

const SHOWN_MS = 6_000

/** The notice of the page, for six seconds. Stays while the pointer or the focus is on it. */
export function ToastBox() {
  const { toast } = useApp()
  const notice = toast.notice.value
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const stay = () => clearTimeout(timer.current)
  function leave(): void {
    stay()
    timer.current = setTimeout(toast.dismiss, SHOWN_MS)
  }
  useEffect(() => {
    if (notice !== undefined) leave()
    return stay
  }, [notice])
  return (
    <div class="toasts" role="status">
      {notice !== undefined && (
        <div class="toast" onPointerEnter={stay} onPointerLeave={leave} onFocusIn={stay} onFocusOut={leave}>
          <span>{notice.text}</span>
          {notice.action !== undefined && (
            <button
              type="button"
              class="btn tiny"
              onClick={() => {
                notice.action?.run()
                toast.dismiss()
              }}
            >
              {notice.action.text}
            </button>
          )}
          <button type="button" class="btn bare" aria-label="Dismiss" onClick={toast.dismiss}>
            ×
          </button>
        </div>
      )}
    </div>
  )
}
