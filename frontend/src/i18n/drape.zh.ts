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
};

export type DrapeWords = typeof drapeZh;
