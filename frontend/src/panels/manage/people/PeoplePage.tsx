import { UserAddOutlined } from '@ant-design/icons';
import { Button, Empty, Skeleton, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { User } from '../../../api/people';
import { useApp, useAppContext } from '../../app';
import { type Column, DataTable } from '../../desk/DataTable';
import { useAllowed } from '../../may';
import { useHeldWords } from '../../signin/heldWords';
import { Trouble } from '../../Trouble';
import { Once, type Secret } from '../Once';
import { useUsers } from '../queries';
import { AddPerson } from './AddPerson';
import { PersonPane } from './PersonPane';

const STATE_COLOUR: Record<string, string> = { active: 'green', disabled: 'default', once: 'gold' };

/** The people and systems that have an account. */
export function PeoplePage() {
  const { t } = useTranslation();
  const users = useUsers();
  const held = useHeldWords();
  const me = useApp((state) => state.account?.name);
  const { store } = useAppContext();
  const name = useApp((state) => state.person);
  const setName = store.getState().setPerson;
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<Secret | null>(null);
  const allowed = useAllowed('create', 'account');
  if (users.error) return <Trouble error={users.error} retry={() => void users.refetch()} />;
  if (!users.data) return <Skeleton active paragraph={{ rows: 8 }} />;
  const chosen = users.data.find((user) => user.name === name);
  const state = (user: User) => t(`people.states.${user.state}`, { defaultValue: user.state });
  const posts = (user: User) => user.posts.map(held).join('; ');
  const columns: Column<User>[] = [
    {
      key: 'title',
      title: t('people.title'),
      width: 150,
      value: (user) => user.title,
      show: (user) => (
        <>
          {user.title} {user.name === me && <Tag variant="filled">{t('people.you')}</Tag>}
        </>
      ),
    },
    { key: 'name', title: t('people.name'), width: 130, value: (user) => user.name, first: 'ascend' },
    {
      key: 'posts',
      title: t('people.posts'),
      value: posts,
      show: (user) => {
        const words = posts(user);
        return words ? <span title={words}>{words}</span> : <span className="soft">{t('people.noPosts')}</span>;
      },
    },
    {
      key: 'state',
      title: t('people.state'),
      width: 100,
      value: state,
      show: (user) => (
        <Tag variant="filled" color={STATE_COLOUR[user.state] ?? 'default'}>
          {state(user)}
        </Tag>
      ),
    },
    { key: 'sessions', title: t('people.sessions'), width: 80, value: (user) => user.sessions },
    { key: 'tokens', title: t('people.tokens'), width: 80, value: (user) => user.tokens },
  ];
  const told = (who: string, password: string) =>
    setSecret({ title: t('people.onceFor', { name: who }), help: t('people.onceHelp'), text: password });
  return (
    <div className="split">
      <div className="grow">
        <DataTable
          id="people"
          rows={users.data}
          columns={columns}
          rowKey={(user) => user.name}
          chosen={name}
          onRow={(user) => setName(user.name)}
          file="people.csv"
          around={190}
          empty={t('people.empty')}
          extra={
            <Button
              size="small"
              type="primary"
              id="add-person"
              icon={<UserAddOutlined />}
              {...allowed}
              onClick={() => setAdding(true)}
            >
              {t('people.add')}
            </Button>
          }
        />
      </div>
      <aside className="person">
        {chosen ? (
          <PersonPane key={chosen.name} user={chosen} onSecret={setSecret} onPassword={told} />
        ) : (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('people.choose')} />
        )}
      </aside>
      <AddPerson
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={(user, password) => {
          setAdding(false);
          setName(user.name);
          told(user.title, password);
        }}
      />
      <Once secret={secret} onClose={() => setSecret(null)} />
    </div>
  );
}
