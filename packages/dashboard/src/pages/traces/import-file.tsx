import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { useApp } from '../../state/app.ts'

/** Bytes of a file that are read. */
const LARGEST = 64 * 1_024 * 1_024

/** Shows a trace from a file of OTLP in JSON, which is chosen or dropped on the page. The hub does not store it. */
export function ImportFile() {
  const { address, imported } = useApp()
  const error = useSignal('')

  async function read(file: File | null | undefined): Promise<void> {
    if (!file) return
    if (file.size > LARGEST) return void (error.value = `${file.name} has more than 64 MB.`)
    try {
      imported.value = JSON.parse(await file.text())
      address.go(address.to('/traces/imported'))
    } catch {
      error.value = `${file.name} is no JSON. A trace is saved with Save on its page.`
    }
  }

  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault()
    const drop = (event: DragEvent) => {
      event.preventDefault()
      void read(event.dataTransfer?.files[0])
    }
    document.addEventListener('dragover', over)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('drop', drop)
    }
  }, [])
  return (
    <p class="sec small muted">
      <label class="linkish">
        Open a trace from a file
        <input
          class="sr"
          type="file"
          accept="application/json,.json"
          onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
        />
      </label>{' '}
      of OTLP in JSON, or drop it here. It stays in this window.{' '}
      {error.value !== '' && <span class="warn">{error.value}</span>}
    </p>
  )
}
