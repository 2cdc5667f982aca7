import { useTranslation } from 'react-i18next';
import { managePages, type Workspace } from '../model/doorState';
import { useApp, useAppContext } from './app';

/** The workspaces that hold anything for who sits here. */
export function WorkspaceSwitch() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const workspace = useApp((state) => state.workspace);
  const manages = useApp((state) => managePages(state.account).length > 0);
  const there: Workspace[] = manages ? ['operate', 'manage'] : ['operate'];
  return (
    <nav className="workspaces" aria-label={t('workspace.label')}>
      {there.map((name) => (
        <button
          key={name}
          type="button"
          className="workspace"
          data-workspace={name}
          aria-current={name === workspace ? 'page' : undefined}
          onClick={() => store.getState().setWorkspace(name)}
        >
          {t(`workspace.${name}`)}
        </button>
      ))}
    </nav>
  );
}
