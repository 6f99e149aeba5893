import { SearchBox } from '../../parts/search-box.tsx'
import { LOG_FIELDS, logValues } from '../../search/fields.ts'
import { Page } from '../../shell/page.tsx'
import { useApp } from '../../state/app.ts'

export default function LogsPage() {
  const { address } = useApp()
  const q = address.params.value.get('q') ?? ''
  return (
    <Page title="Logs" isFilling>
      <SearchBox
        name="logs"
        q={q}
        onSearch={(next) => address.adjust({ q: next === '' ? null : next })}
        fields={LOG_FIELDS}
        values={logValues}
      />
    </Page>
  )
}
