import { Page } from '../../shell/page.tsx'

export default function TracesPage() {
  return <Page title="Traces">{null}</Page>
}
