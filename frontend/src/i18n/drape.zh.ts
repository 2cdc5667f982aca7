/** Live pictures on the model, names over the picture, tours along a way. */
export const drapeZh = {
  drape: {
    title: '投影到模型',
    on: '把实时画面投影到模型（最多 {{most}} 路）',
    off: '已投影到模型，单击取消',
    help: '把此摄像机的实时画面贴到它看到的地面、屋顶和墙面上，最多同时 {{most}} 路；关闭画面即停止。',
    opacity: '不透明度',
    room: '最多同时投影 {{most}} 路，已停止“{{name}}”',
    failed: '无法投影：{{why}}',
  },
  names: {
    on: '在画面上标注道路和建筑名称',
    off: '不标注名称',
    go: '飞到{{name}}，{{distance}}',
    none: '画面中没有可标注的名称',
    failed: '无法标注名称：{{why}}',
  },
  way: {
    title: '沿线轮巡',
    help: '沿一条道路或自己画的路线，按先后依次查看看得到路线的摄像机。',
    road: '选择道路',
    draw: '在地图上画路线',
    drawing: '在地图上依次单击，双击结束',
    stop: '取消',
    tiers: '摄像机',
    ptz: '含需转动的云台',
    found: '{{length}}，{{count}} 台摄像机看得到',
    some: '{{length}}，{{all}} 台看得到，取最清楚的 {{count}} 台',
    none: '没有摄像机看得到这条路线',
    seen: '看得到 {{share}}',
    start: '开始沿线轮巡',
    use: '作为轮巡列表',
    failed: '无法查找：{{why}}',
    at: '{{m}} 处',
    clear: '清除路线',
    working: '正在查找…',
  },
};

export type DrapeWords = typeof drapeZh;
