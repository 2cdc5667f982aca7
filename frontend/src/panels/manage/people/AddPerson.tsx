import { Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Post, User } from '../../../api/people';
import { useAppContext } from '../../app';
import { useAttempt } from '../attempt';
import { newPost, PostsEditor, postsOf } from './PostsEditor';

interface Props {
  open: boolean;
  onClose: () => void;
  onAdded: (user: User, password: string) => void;
}

interface Given {
  name: string;
  title?: string;
}

/** As the server takes it. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{1,39}$/u;

/** A new account with its roles; the server makes the password. */
export function AddPerson({ open, onClose, onAdded }: Props) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [form] = Form.useForm<Given>();
  const [posts, setPosts] = useState<Post[]>([newPost()]);
  const [run, busy] = useAttempt('users');
  const add = async ({ name, title }: Given) => {
    const wanted = { name: name.trim(), title: title?.trim() || name.trim(), posts: postsOf(posts) };
    const made = await run(() => api.addUser(wanted), t('people.created'));
    if (made) onAdded(made.user, made.password);
  };
  return (
    <Modal
      open={open}
      destroyOnHidden
      width={620}
      title={t('people.add')}
      okText={t('people.create')}
      cancelText={t('manage.cancel')}
      okButtonProps={{ loading: busy, disabled: posts.some(({ areas }) => areas.length === 0) }}
      onOk={() => form.submit()}
      onCancel={onClose}
      afterClose={() => setPosts([newPost()])}
    >
      <Form<Given>
        form={form}
        id="new-person"
        name="new-person"
        layout="vertical"
        requiredMark={false}
        onFinish={(given) => void add(given)}
      >
        <div className="two">
          <Form.Item
            name="name"
            label={t('people.name')}
            extra={t('people.nameHelp')}
            rules={[
              { required: true, whitespace: true, message: t('people.nameWanted') },
              { pattern: NAME, message: t('people.nameHelp') },
            ]}
          >
            <Input autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={40} autoFocus />
          </Form.Item>
          <Form.Item name="title" label={t('people.title')}>
            <Input autoComplete="off" maxLength={80} />
          </Form.Item>
        </div>
      </Form>
      <PostsEditor posts={posts} onChange={setPosts} />
    </Modal>
  );
}
