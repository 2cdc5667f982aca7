import { DownOutlined } from '@ant-design/icons';
import { Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Choice } from '../../model/ways';
import { choicesOf, insteadOf, insteadWords, namesOf } from './instead';
import type { Video } from './useVideo';

/** What is shown instead of the stream that is wished for, and why; opens the choice of other ways. */
export function InsteadBadge({ video }: { video: Video }) {
  const { t } = useTranslation();
  const what = insteadOf(video);
  if (!what) return null;
  const words = insteadWords(what, video, t);
  const items = choicesOf(video).map((key) => ({ key, label: t(`instead.choose.${key}`, namesOf(video, t)) }));
  const label = `${words}; ${t('instead.title')}`;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items,
        selectable: true,
        selectedKeys: [video.choice],
        onClick: ({ key }) => video.choose(key as Choice),
      }}
    >
      <button type="button" className="instead" data-instead={what} title={t('instead.title')} aria-label={label}>
        {words}
        <DownOutlined aria-hidden />
      </button>
    </Dropdown>
  );
}
