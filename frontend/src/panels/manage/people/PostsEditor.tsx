import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Select, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Network, Post } from '../../../api/people';
import type { Tier } from '../../../api/types';
import { EVERYWHERE } from '../../../model/grants';
import { AreaPick } from '../AreaPick';
import { useRoles } from '../queries';
import { WindowEditor } from './WindowEditor';

const TIERS: readonly Tier[] = [1, 2, 3];
const NETWORKS: readonly Network[] = ['public-security', 'video', 'government-extranet'];
const NAMES = ['operator', 'planner', 'commander', 'administrator', 'integrator'];

export const newPost = (): Post => ({ role: 'operator', areas: [], tiers: null, networks: null, window: null });

/** As they are sent: a choice of nothing, or of everything, narrows nothing. */
export function postsOf(posts: readonly Post[]): Post[] {
  return posts.map((post) => ({
    ...post,
    areas: post.areas.includes(EVERYWHERE) ? [EVERYWHERE] : post.areas,
    tiers: post.tiers && post.tiers.length > 0 && post.tiers.length < TIERS.length ? post.tiers : null,
    networks: post.networks && post.networks.length > 0 ? post.networks : null,
  }));
}

interface OneProps {
  post: Post;
  onChange: (post: Post) => void;
  onRemove: () => void;
}

function OnePost({ post, onChange, onRemove }: OneProps) {
  const { t } = useTranslation();
  const roles = useRoles();
  const names = roles.data?.map(({ role }) => role) ?? NAMES;
  return (
    <fieldset className="post">
      <div className="row">
        <Select
          aria-label={t('people.role')}
          value={post.role}
          style={{ width: 130 }}
          options={names.map((value) => ({ value, label: t(`role.${value}`, { defaultValue: value }) }))}
          onChange={(role: string) => onChange({ ...post, role })}
        />
        <div className="grow">
          <AreaPick
            multiple
            label={t('people.areas')}
            placeholder={t('people.areasWanted')}
            everywhere={t('manage.whole')}
            value={post.areas}
            onChange={(areas) =>
              onChange({
                ...post,
                areas: areas.at(-1) === EVERYWHERE ? [EVERYWHERE] : areas.filter((code) => code !== EVERYWHERE),
              })
            }
          />
        </div>
        <Tooltip title={t('people.removePost')}>
          <Button type="text" icon={<DeleteOutlined />} aria-label={t('people.removePost')} onClick={onRemove} />
        </Tooltip>
      </div>
      <div className="row">
        <Select<Tier[]>
          mode="multiple"
          size="small"
          aria-label={t('people.tiers')}
          placeholder={t('people.tiersAll')}
          value={post.tiers ?? []}
          style={{ width: 190 }}
          options={TIERS.map((value) => ({ value, label: t(`tier.short${value}`) }))}
          onChange={(tiers) => onChange({ ...post, tiers: tiers.length > 0 ? tiers.toSorted() : null })}
        />
        <Select<Network[]>
          mode="multiple"
          size="small"
          className="grow"
          aria-label={t('people.networks')}
          placeholder={t('people.networksAll')}
          value={post.networks ?? []}
          options={NETWORKS.map((value) => ({ value, label: t(`people.network.${value}`) }))}
          onChange={(networks) => onChange({ ...post, networks: networks.length > 0 ? networks : null })}
        />
      </div>
      <WindowEditor window={post.window} onChange={(window) => onChange({ ...post, window })} />
    </fieldset>
  );
}

/** The roles of one person, each with its areas and limits. */
export function PostsEditor({ posts, onChange }: { posts: Post[]; onChange: (posts: Post[]) => void }) {
  const { t } = useTranslation();
  const put = (at: number, post: Post) => onChange(posts.map((other, index) => (index === at ? post : other)));
  return (
    <div className="posts">
      {posts.map((post, at) => (
        <OnePost
          // biome-ignore lint/suspicious/noArrayIndexKey: a role has no name of its own, and its place is what it is known by
          key={at}
          post={post}
          onChange={(changed) => put(at, changed)}
          onRemove={() => onChange(posts.filter((_, index) => index !== at))}
        />
      ))}
      {posts.length === 0 && <div className="soft">{t('people.noPosts')}</div>}
      <Button size="small" type="dashed" icon={<PlusOutlined />} onClick={() => onChange([...posts, newPost()])}>
        {t('people.addPost')}
      </Button>
    </div>
  );
}
