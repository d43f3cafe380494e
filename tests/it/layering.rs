//! Holds the order of modules and the places where things may stand.
//!
//! Reads every Rust file with `syn` and reports what breaks ARCHITECTURE.md. The tree under
//! `tests/cases/layering/broken` breaks every rule once and proves that each of them can fail.

use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Expr, ExprCall, ExprUnsafe, ItemFn, ItemImpl, ItemMod, ItemTrait, ItemUse, Lit, Macro, Token,
    UseTree,
};

/// The order of modules: one may use only those with a smaller number, and itself.
const ORDER: [(&str, u8); 34] = [
    ("config", 0),
    ("failpoint", 0),
    ("strict", 0),
    ("text", 1),
    ("geo", 2),
    ("cadastre", 3),
    ("calendar", 4),
    ("rule", 5),
    ("access", 6),
    ("db", 7),
    ("audit", 8),
    ("blob", 9),
    ("job", 10),
    ("place", 11),
    ("crs", 12),
    ("layer", 13),
    ("style", 14),
    ("ingest", 15),
    ("gis", 16),
    ("census", 16),
    ("snapshot", 16),
    ("imagery", 17),
    ("tile", 17),
    ("fact", 18),
    ("draw", 19),
    ("procedure", 20),
    ("person", 21),
    ("document", 22),
    ("practice", 23),
    ("notify", 24),
    ("app", 25),
    ("http", 26),
    ("cli", 27),
    ("main", 27),
];

/// Names that say nothing about what a module owns.
const EMPTY_NAMES: [&str; 10] = [
    "util", "utils", "common", "helper", "helpers", "types", "core", "manager", "managers", "misc",
];

/// Crates that speak HTTP; only `http` may name them.
const HTTP_CRATES: [&str; 6] = [
    "axum",
    "axum_core",
    "hyper",
    "hyper_util",
    "tower_http",
    "utoipa_axum",
];

const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

const MAX_LINES: usize = 600;

/// Returns one sentence per broken rule, sorted, without repetitions.
fn violations(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["src", "crates", "tests", "web/src"] {
        for path in files(&root.join(folder)) {
            let name = path
                .strip_prefix(root)
                .expect("files are below the root")
                .to_path_buf();
            let Ok(text) = fs::read_to_string(&path) else {
                found.push(format!("{}: is not UTF-8 text", name.display()));
                continue;
            };
            let lines = text.lines().count();
            if lines > MAX_LINES {
                found.push(format!(
                    "{}: has {lines} lines, more than {MAX_LINES}",
                    name.display()
                ));
            }
            let rust = name.extension().is_some_and(|e| e == "rs");
            if rust && folder != "web/src" {
                found.extend(empty_names(&name));
            }
            if rust && matches!(folder, "src" | "crates") {
                match syn::parse_file(&text) {
                    Ok(file) => found.extend(Reader::read(&name, &file)),
                    Err(e) => found.push(format!("{}: is not Rust: {e}", name.display())),
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Returns the files that people write, below a folder: no dependencies, results or cases.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if !["node_modules", "dist", "target", "cases", "logs"]
                .iter()
                .any(|n| name == *n)
            {
                out.extend(files(&path));
            }
        } else if path
            .extension()
            .is_some_and(|e| ["rs", "ts", "js", "mjs", "sh"].iter().any(|x| e == *x))
        {
            out.push(path);
        }
    }
    out
}

fn empty_names(name: &Path) -> Vec<String> {
    name.with_extension("")
        .iter()
        .filter_map(|part| part.to_str())
        .filter(|part| EMPTY_NAMES.contains(part))
        .map(|part| format!("{}: a module named `{part}` says nothing", name.display()))
        .collect()
}

fn number(module: &str) -> Option<u8> {
    ORDER.iter().find(|(m, _)| *m == module).map(|(_, n)| *n)
}

/// Walks one file and collects what it breaks.
struct Reader {
    name: String,
    /// Whether the file belongs to the program (`src/`) and not to another package.
    program: bool,
    /// Path of the module that is being read, from the root of the package.
    module: Vec<String>,
    /// Whether SQL text may stand here.
    sql: bool,
    found: Vec<String>,
}

impl Reader {
    fn read(name: &Path, file: &syn::File) -> Vec<String> {
        let parts: Vec<String> = name
            .with_extension("")
            .iter()
            .map(|p| p.to_string_lossy().into_owned())
            .collect();
        let program = parts[0] == "src";
        let from = parts
            .iter()
            .position(|p| p == "src")
            .map_or(parts.len(), |i| i + 1);
        let mut module = parts[from..].to_vec();
        if module.last().is_some_and(|m| m == "mod" || m == "lib") {
            module.pop();
        }
        let sql =
            parts.last().is_some_and(|p| p == "sql") || module.first().is_some_and(|m| m == "db");
        let mut reader = Self {
            name: name.display().to_string(),
            program,
            module,
            sql,
            found: Vec::new(),
        };
        let top = reader.top();
        if program && !top.is_empty() && number(&top).is_none() {
            reader.report(format!(
                "module `{top}` has no number in the order of modules"
            ));
        }
        reader.visit_file(file);
        reader.found
    }

    fn top(&self) -> String {
        self.module.first().cloned().unwrap_or_default()
    }

    fn report(&mut self, what: String) {
        self.found.push(format!("{}: {what}", self.name));
    }

    /// Judges one path, written in code or flattened from a `use`.
    fn path(&mut self, segments: &[String]) {
        if !self.program {
            return;
        }
        let top = self.top();
        if let Some(target) = self.target(segments)
            && let (Some(from), Some(to)) = (number(&top), number(&target))
            && target != top
            && to >= from
            && !(top == "main" && target == "cli")
        {
            self.report(format!("`{top}` ({from}) uses `{target}` ({to})"));
        }
        if HTTP_CRATES.contains(&segments[0].as_str()) && top != "http" {
            self.report(format!("`{}` outside http/", segments[0]));
        }
        let reads = |pair: &[String]| {
            pair[0] == "env"
                && ["var", "vars", "var_os", "vars_os", "set_var", "remove_var"]
                    .contains(&&*pair[1])
        };
        if top != "config" && segments.windows(2).any(reads) {
            self.report(format!("`{}` outside config.rs", segments.join("::")));
        }
    }

    /// Returns the top module of this program that a path leads to, if it leads to one.
    fn target(&self, segments: &[String]) -> Option<String> {
        let mut at: Vec<&str> = match segments[0].as_str() {
            "crate" | "mappale" => Vec::new(),
            "self" => self.module.iter().map(String::as_str).collect(),
            "super" => {
                let up = self.module.len().checked_sub(1)?;
                self.module[..up].iter().map(String::as_str).collect()
            }
            _ => return None,
        };
        for segment in &segments[1..] {
            if segment == "super" {
                at.pop();
            } else {
                at.push(segment);
            }
        }
        at.first().map(|s| (*s).to_owned())
    }

    fn text(&mut self, text: &str) {
        if self.program && !self.sql && looks_like_sql(text) {
            let start: String = text
                .split_whitespace()
                .take(3)
                .collect::<Vec<_>>()
                .join(" ");
            self.report(format!("SQL text `{start} …` outside sql.rs and db/"));
        }
    }

    /// Reads the tokens of a macro that is not a list of expressions, by their text.
    fn tokens(&mut self, tokens: &str) {
        let mut words = tokens.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let mut path = vec![
                word.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_')
                    .to_owned(),
            ];
            while words.peek() == Some(&"::") {
                words.next();
                path.push(words.next().unwrap_or_default().to_owned());
            }
            if path.len() > 1 {
                self.path(&path);
            }
        }
        for literal in tokens.split('"').skip(1).step_by(2) {
            self.text(literal);
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    // Attributes hold documentation and derives, nothing that runs.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let ident = item.ident.to_string();
        if item.content.is_some() && EMPTY_NAMES.contains(&ident.as_str()) {
            self.report(format!("a module named `{ident}` says nothing"));
        }
        self.module.push(ident);
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        for path in flatten(&item.tree) {
            self.path(&path);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if segments.len() > 1 {
            self.path(&segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_lit(&mut self, lit: &'ast Lit) {
        if let Lit::Str(text) = lit {
            self.text(&text.value());
        }
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let name = mac
            .path
            .segments
            .last()
            .map(|s| s.ident.to_string())
            .unwrap_or_default();
        if name == "todo" || name == "unimplemented" {
            self.report(format!("`{name}!` is a promise, not code"));
        }
        if self.program
            && PRINTING.contains(&name.as_str())
            && !matches!(&*self.top(), "cli" | "main")
        {
            self.report(format!("`{name}!` outside cli/ and main.rs"));
        }
        self.visit_path(&mac.path);
        match mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            Ok(arguments) => {
                let sql_file = |e: &Expr| matches!(e, Expr::Lit(l) if matches!(&l.lit, Lit::Str(s) if s.value().ends_with(".sql")));
                if self.program
                    && !self.sql
                    && name == "include_str"
                    && arguments.iter().any(sql_file)
                {
                    self.report("`include_str!` of an .sql file outside sql.rs and db/".to_owned());
                }
                for argument in &arguments {
                    // Parsed here and dropped here: the reader keeps nothing of it.
                    Visit::visit_expr(&mut *self, &argument.clone());
                }
            }
            Err(_) => self.tokens(&mac.tokens.to_string()),
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let names: Vec<String> = function
                .path
                .segments
                .iter()
                .map(|s| s.ident.to_string())
                .collect();
            let last = names.last().map_or("", String::as_str);
            let query = names[0] == "sqlx" && (last.starts_with("query") || last == "raw_sql");
            let from_sql_rs = call.args.first().is_some_and(comes_from_sql);
            if self.program && !self.sql && query && !from_sql_rs {
                self.report(format!(
                    "`{}` of a text that is not in a sql.rs",
                    names.join("::")
                ));
            }
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_unsafe(&mut self, block: &'ast ExprUnsafe) {
        self.unsafe_code(true);
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.unsafe_code(item.sig.unsafety.is_some());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.unsafe_code(item.sig.unsafety.is_some());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        self.unsafe_code(item.unsafety.is_some());
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.unsafe_code(item.unsafety.is_some());
        visit::visit_item_trait(self, item);
    }

    fn visit_item_foreign_mod(&mut self, _: &'ast syn::ItemForeignMod) {
        self.unsafe_code(true);
    }
}

impl Reader {
    fn unsafe_code(&mut self, is: bool) {
        if is && self.program {
            self.report("unsafe code in src/".to_owned());
        }
    }
}

/// Whether a statement names `sql::…`, or is a variable that something from there has filled.
fn comes_from_sql(statement: &Expr) -> bool {
    match statement {
        Expr::Path(p) => {
            let variable = p.path.get_ident().map(ToString::to_string);
            p.path.segments.iter().any(|s| s.ident == "sql")
                || variable.is_some_and(|v| v.chars().all(|c| !c.is_uppercase()))
        }
        Expr::Reference(r) => comes_from_sql(&r.expr),
        Expr::MethodCall(m) => comes_from_sql(&m.receiver),
        Expr::Call(c) => comes_from_sql(&c.func) || c.args.iter().any(comes_from_sql),
        _ => false,
    }
}

/// Returns every path that a `use` names, written out.
fn flatten(tree: &UseTree) -> Vec<Vec<String>> {
    match tree {
        UseTree::Path(p) => flatten(&p.tree)
            .into_iter()
            .map(|mut rest| {
                rest.insert(0, p.ident.to_string());
                rest
            })
            .collect(),
        UseTree::Name(n) => vec![vec![n.ident.to_string()]],
        UseTree::Rename(r) => vec![vec![r.ident.to_string()]],
        UseTree::Glob(_) => vec![vec!["*".to_owned()]],
        UseTree::Group(g) => g.items.iter().flat_map(flatten).collect(),
    }
}

/// Tells SQL from a sentence: a verb at the start and the word that this verb asks for.
fn looks_like_sql(text: &str) -> bool {
    let words: Vec<String> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .flat_map(str::split_whitespace)
        .map(str::to_lowercase)
        .collect();
    let has = |word: &str| words.iter().skip(2).any(|w| w == word);
    let second = words.get(1).map_or("", |w| w.trim_end_matches(';'));
    let object = || {
        let objects = [
            "table",
            "index",
            "unique",
            "view",
            "materialized",
            "schema",
            "role",
            "database",
            "extension",
            "function",
            "or",
            "temp",
            "temporary",
            "type",
            "trigger",
            "policy",
            "sequence",
            "system",
        ];
        objects.contains(&second)
    };
    match words.first().map_or("", String::as_str) {
        "select" => {
            has("from") || second.contains('(') || second.starts_with('$') || words.len() == 2
        }
        "insert" => second == "into",
        "delete" => second == "from",
        "update" => has("set"),
        "with" => text.contains(" as (") || text.contains(" as materialized ("),
        "copy" => has("from") || has("to"),
        "create" | "alter" | "drop" => object(),
        "listen" | "unlisten" | "notify" => words.len() == 2,
        "truncate" | "grant" | "revoke" => has("to") || has("from") || words.len() == 2,
        "set" => ["local", "role", "session"].contains(&second) && words.len() > 2,
        _ => false,
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_tree_keeps_its_order() {
    assert!(
        files(&root().join("src")).len() > 20,
        "the check looked at the wrong folder"
    );
    let found = violations(root());
    assert!(
        found.is_empty(),
        "{} broken rules:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn the_broken_twin_breaks_every_rule() {
    let case = root().join("tests/cases/layering");
    let expected =
        fs::read_to_string(case.join("expected.txt")).expect("the case has its expected.txt");
    let found = violations(&case.join("broken")).join("\n") + "\n";
    assert_eq!(found, expected, "found:\n{found}");
}

#[test]
fn sql_is_told_from_sentences() {
    for sql in [
        "select 1",
        "select pg_notify($1, $2)",
        "\n  -- why\n  select id\n  from place.comune",
        "with parts as (select 1) select * from parts",
        "listen publication",
        "copy data.x from stdin binary",
        "set local role reader",
    ] {
        assert!(looks_like_sql(sql), "not taken for SQL: {sql}");
    }
    for sentence in [
        "select a parcel on the map",
        "update the map",
        "with a comma, as always",
        "create a comune first",
        "delete the file and load again",
        "set of layers",
        "copy",
    ] {
        assert!(!looks_like_sql(sentence), "taken for SQL: {sentence}");
    }
}
