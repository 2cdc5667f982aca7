import { Alert, Button, Input, Popconfirm, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Post, User } from '../../../api/people';
import { useApp, useAppContext } from '../../app';
import { useAllowed } from '../../may';
import { useAttempt } from '../attempt';
import type { Secret } from '../Once';
import { PostsEditor, postsOf } from './PostsEditor';
import { Sessions } from './Sessions';
import { Tokens } from './Tokens';

interface Props {
  user: User;
  onSecret: (secret: Secret) => void;
  onPassword: (who: string, password: string) => void;
}

/** Reset, disable, enable. */
function Actions({ user, onPassword }: Omit<Props, 'onSecret'>) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const allowed = useAllowed('change', 'account');
  const mine = useApp((state) => state.account?.name === user.name);
  const [run, busy] = useAttempt('users', 'user-sessions', 'user-tokens', 'search-journal');
  const off = user.state === 'disabled';
  const reset = async () => {
    const made = await run(() => api.resetPassword(user.name));
    if (made) onPassword(user.title, made.password);
  };
  const disable = (disabled: boolean) =>
    void run(() => api.changeUser(user.name, { disabled }), t(disabled ? 'people.disabled' : 'people.enabled'));
  return (
    <div className="row" id="person-actions">
      <Popconfirm
        title={t('people.resetAsk', { name: user.title })}
        description={t('people.resetHelp')}
        okText={t('people.reset')}
        cancelText={t('manage.cancel')}
        onConfirm={() => void reset()}
      >
        <Button size="small" loading={busy} {...allowed}>
          {t('people.reset')}
        </Button>
      </Popconfirm>
      {off ? (
        <Button size="small" type="primary" loading={busy} {...allowed} onClick={() => disable(false)}>
          {t('people.enable')}
        </Button>
      ) : (
        <Popconfirm
          title={t('people.disableAsk', { name: user.title })}
          description={t('people.disableHelp')}
          okText={t('people.disable')}
          cancelText={t('manage.cancel')}
          disabled={mine}
          onConfirm={() => disable(true)}
        >
          <Tooltip title={mine ? t('people.notYourself') : undefined}>
            <Button size="small" danger loading={busy} {...allowed} {...(mine && { disabled: true })}>
              {t('people.disable')}
            </Button>
          </Tooltip>
        </Popconfirm>
      )}
    </div>
  );
}

function Title({ user }: { user: User }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [run] = useAttempt('users');
  const allowed = useAllowed('change', 'account');
  const [title, setTitle] = useState(user.title);
  useEffect(() => setTitle(user.title), [user.title]);
  const save = () => {
    const wanted = title.trim();
    if (wanted === '' || wanted === user.title) setTitle(user.title);
    else void run(() => api.changeUser(user.name, { title: wanted }), t('manage.saved'));
  };
  return (
    <Input
      variant="underlined"
      aria-label={t('people.title')}
      value={title}
      maxLength={80}
      readOnly={allowed.disabled === true}
      onChange={({ target }) => setTitle(target.value)}
      onPressEnter={save}
      onBlur={save}
    />
  );
}

function Roles({ user }: { user: User }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [run, busy] = useAttempt('users');
  const allowed = useAllowed('change', 'account');
  const [posts, setPosts] = useState<Post[]>(user.posts);
  const kept = JSON.stringify(user.posts);
  useEffect(() => setPosts(JSON.parse(kept) as Post[]), [kept]);
  const changed = JSON.stringify(postsOf(posts)) !== JSON.stringify(postsOf(user.posts));
  const save = () => void run(() => api.changeUser(user.name, { posts: postsOf(posts) }), t('manage.saved'));
  return (
    <>
      <div className="sectionhead">{t('people.posts')}</div>
      <PostsEditor posts={posts} onChange={setPosts} />
      {changed && (
        <Alert
          type="info"
          showIcon
          style={{ marginTop: 8 }}
          title={t('people.unsaved')}
          action={
            <div className="row">
              <Button size="small" onClick={() => setPosts(user.posts)}>
                {t('people.discard')}
              </Button>
              <Button
                size="small"
                type="primary"
                id="save-posts"
                loading={busy}
                {...allowed}
                {...(posts.some(({ areas }) => areas.length === 0) && {
                  disabled: true,
                  title: t('people.areasWanted'),
                })}
                onClick={save}
              >
                {t('manage.save')}
              </Button>
            </div>
          }
        />
      )}
    </>
  );
}

/** One person or system: everything an administrator may see and do about them. */
export function PersonPane({ user, onSecret, onPassword }: Props) {
  const { t } = useTranslation();
  return (
    <div id="person" data-person={user.name}>
      <dl className="facts-table">
        <dt>{t('people.title')}</dt>
        <dd>
          <Title user={user} />
        </dd>
        <dt>{t('people.name')}</dt>
        <dd>{user.name}</dd>
        <dt>{t('people.state')}</dt>
        <dd>{t(`people.states.${user.state}`, { defaultValue: user.state })}</dd>
      </dl>
      <Actions user={user} onPassword={onPassword} />
      <Roles user={user} />
      <Sessions user={user} />
      <Tokens user={user} onSecret={onSecret} />
    </div>
  );
}
