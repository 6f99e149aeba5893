import { Page } from '../../shell/page.tsx'

export default function AlertsPage() {
  return <Page title="Alerts">{null}</Page>
}
