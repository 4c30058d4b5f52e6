export * from "./accounts";
export * from "./activity";
export * from "./directory";
export * from "./groups";
export * from "./members";
export * from "./platform";
export * from "./sso";
export * from "./workspaces";
