import type { ThemeConfig } from 'antd';
import { theme } from 'antd';

/** The control room's dark: restrained, high in contrast, compact. */
export const controlRoom: ThemeConfig = {
  algorithm: [theme.darkAlgorithm, theme.compactAlgorithm],
  token: {
    colorPrimary: '#4aa8ff',
    colorBgBase: '#0b1420',
    colorBgContainer: '#101d2d',
    colorBgElevated: '#0f1b2a',
    colorTextBase: '#dbe6f2',
    colorBorder: 'rgba(120,160,205,0.28)',
    colorBorderSecondary: 'rgba(120,160,205,0.18)',
    borderRadius: 6,
    fontFamily: '"Noto Sans SC", "Noto Sans", system-ui, sans-serif',
    fontSize: 13,
    motion: false,
  },
};
