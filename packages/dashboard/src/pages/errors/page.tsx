import { Page } from '../../shell/page.tsx'

export default function ErrorsPage() {
  return <Page title="Errors">{null}</Page>
}
