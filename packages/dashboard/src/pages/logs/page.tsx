import { Page } from '../../shell/page.tsx'

export default function LogsPage() {
  return <Page title="Logs">{null}</Page>
}
