// Starts `intertie lsp` for Markdown specs and their case files; everything else is the server's.
"use strict";

const path = require("path");
const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const DOCUMENTS = [
  { scheme: "file", language: "markdown" },
  { scheme: "untitled", language: "markdown" },
  { scheme: "file", language: "yaml", pattern: "**/{test,scenario,precondition}-cases/*.{yaml,yml}" },
];

/** @type {LanguageClient | undefined} */
let client;

function serverOptions() {
  const [program, ...rest] = vscode.workspace.getConfiguration("intertie").get("command", ["intertie", "lsp"]);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  // A program without a folder in its name is looked up on the PATH, one with a folder is meant from the workspace.
  const command = folder && program.includes(path.sep) ? path.resolve(folder, program) : program;
  return { command, args: rest, transport: TransportKind.stdio, options: { cwd: folder } };
}

async function start() {
  client = new LanguageClient("intertie", "Intertie", serverOptions(), { documentSelector: DOCUMENTS });
  try {
    await client.start();
  } catch (error) {
    const hint = "Install it with `pip install intertie[lsp]`, or set `intertie.command`.";
    const reason = error instanceof Error ? error.message : error;
    vscode.window.showErrorMessage(`Intertie's language server does not start: ${reason}. ${hint}`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running?.isRunning()) {
    await running.stop();
  }
}

/** @param {vscode.ExtensionContext} context */
exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("intertie.restart", async () => {
      await stop();
      await start();
    }),
  );
  await start();
};

exports.deactivate = stop;
