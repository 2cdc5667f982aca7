/** Words of the vehicles nearest to an incident. */
export const nearestZh = {
  nearest: {
    title: '最近的空闲车辆',
    which: '车辆范围',
    fitting: '对口',
    all: '全部',
    types: { patrol: '巡逻车', fire: '消防车', ambulance: '救护车', repair: '抢修车', other: '其他车辆' },
    minutes: '{{count}} 分钟',
    straight: '直线 {{metres}}',
    noWay: '无路可达',
    noWayHelp: '按现有道路无法到达，请确认后再派。',
    notYet: '请先受理，再派车',
    ask: '派{{name}}前往？',
    eta: '沿道路预计 {{count}} 分钟到达，派发后该车转为“任务中”。',
    along: '沿途摄像机（可巡视）',
    sent: '已派',
    noneFitting: '没有对口的空闲车辆',
    none: '没有空闲车辆',
    showAll: '显示全部类型',
    farFromRoads: '此处 300 m 内没有道路，无法计算行车时间，按直线距离排列。',
    unheard: '另有 {{count}} 辆空闲车辆近 2 分钟没有定位，未参与排序',
  },
};
