//! Walks over the tree of an expression before it is ever run.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue};

use super::vocabulary::{Shape, Vocabulary};
use super::{MAX_NESTING, MAX_NODES};

/// Operators and functions that an expression may use, as the parser names them.
const FUNCTIONS: [&str; 27] = [
    "_?_:_",
    "_&&_",
    "_||_",
    "!_",
    "_-_",
    "_+_",
    "_*_",
    "_/_",
    "_%_",
    "_==_",
    "_!=_",
    "_>=_",
    "_<=_",
    "_>_",
    "_<_",
    "-_",
    "_[_]",
    "@in",
    "@not_strictly_false",
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "int",
    "double",
    "string",
    "days",
];

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Paths, each once, in the order in which they are read.
    pub(super) paths: Vec<String>,
    /// What is wrong, each once.
    pub(super) problems: Vec<String>,
    nodes: usize,
}

/// A place in the vocabulary: its shape and how it is written.
#[derive(Clone)]
struct Place<'v> {
    shape: &'v Shape,
    path: String,
}

/// Names that macros bind, the innermost last.
type Scope<'v> = Vec<(String, Option<Place<'v>>)>;

/// Looks up every path of an expression.
pub(super) fn walk(expression: &IdedExpr, vocabulary: &Vocabulary) -> Walked {
    let mut walker = Walker {
        vocabulary,
        found: Walked::default(),
    };
    walker.visit(expression, &mut Vec::new(), 0);
    if walker.found.nodes > MAX_NODES {
        walker.problem(format!("an expression has at most {MAX_NODES} nodes"));
    }
    walker.found
}

struct Walker<'v> {
    vocabulary: &'v Vocabulary,
    found: Walked,
}

impl<'v> Walker<'v> {
    fn problem(&mut self, problem: String) {
        if !self.found.problems.contains(&problem) {
            self.found.problems.push(problem);
        }
    }

    /// Visits an expression and records the path that it is, if it is one.
    fn visit(
        &mut self,
        expression: &IdedExpr,
        scope: &mut Scope<'v>,
        depth: usize,
    ) -> Option<Place<'v>> {
        let place = self.resolve(expression, scope, depth)?;
        if !self.found.paths.contains(&place.path) {
            self.found.paths.push(place.path.clone());
        }
        Some(place)
    }

    /// The place that an expression names; what is inside it is visited, itself is not recorded.
    fn resolve(
        &mut self,
        expression: &IdedExpr,
        scope: &mut Scope<'v>,
        depth: usize,
    ) -> Option<Place<'v>> {
        self.found.nodes += 1;
        match &expression.expr {
            Expr::Ident(name) => self.name(name, scope),
            Expr::Select(select) => {
                let operand = self.resolve(&select.operand, scope, depth)?;
                self.field(&operand, &select.field, false)
            }
            Expr::Call(call) if call.func_name == "_[_]" => self.index(call, scope, depth),
            Expr::Call(call) => {
                if !FUNCTIONS.contains(&call.func_name.as_str()) {
                    self.problem(format!("there is no function '{}'", call.func_name));
                }
                for part in call.target.as_deref().into_iter().chain(&call.args) {
                    self.visit(part, scope, depth);
                }
                None
            }
            Expr::Comprehension(macro_) => {
                self.comprehension(macro_, scope, depth);
                None
            }
            Expr::List(list) => {
                for element in &list.elements {
                    self.visit(element, scope, depth);
                }
                None
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.visit(&entry.key, scope, depth);
                        self.visit(&entry.value, scope, depth);
                    }
                }
                None
            }
            Expr::Literal(_) => None,
            Expr::Struct(_) | Expr::Unspecified => {
                self.problem("messages cannot be written here".to_owned());
                None
            }
        }
    }

    fn name(&mut self, name: &str, scope: &Scope<'v>) -> Option<Place<'v>> {
        if let Some((_, place)) = scope.iter().rev().find(|(bound, _)| bound == name) {
            return place.clone();
        }
        match self.vocabulary.roots.get(name) {
            Some(shape) => Some(Place {
                shape,
                path: name.to_owned(),
            }),
            None => {
                self.problem(format!("there is no '{name}'"));
                None
            }
        }
    }

    fn field(&mut self, operand: &Place<'v>, field: &str, quoted: bool) -> Option<Place<'v>> {
        let path = if quoted {
            format!("{}['{field}']", operand.path)
        } else {
            format!("{}.{field}", operand.path)
        };
        let found = match operand.shape {
            Shape::Record(fields) => fields.get(field),
            Shape::Keyed(keys) if quoted => keys.get(field),
            Shape::Keyed(_) => {
                let right = format!("{}['{field}']", operand.path);
                self.problem(format!("'{path}' is written {right}"));
                return None;
            }
            Shape::List(_) => {
                self.problem(format!("'{}' is a list and has no fields", operand.path));
                return None;
            }
            Shape::Scalar => {
                self.problem(format!("'{}' has no fields", operand.path));
                return None;
            }
        };
        match found {
            Some(shape) => Some(Place { shape, path }),
            None => {
                self.problem(format!("there is no '{path}'"));
                None
            }
        }
    }

    fn index(&mut self, call: &CallExpr, scope: &mut Scope<'v>, depth: usize) -> Option<Place<'v>> {
        let [container, key] = call.args.as_slice() else {
            self.problem("an index needs a key".to_owned());
            return None;
        };
        let container = self.resolve(container, scope, depth)?;
        match (container.shape, &key.expr) {
            (Shape::List(element), _) => {
                self.visit(key, scope, depth);
                Some(Place {
                    shape: element,
                    path: format!("{}[]", container.path),
                })
            }
            (_, Expr::Literal(LiteralValue::String(key))) => {
                self.found.nodes += 1;
                self.field(&container, key.inner(), true)
            }
            _ => {
                self.problem(format!(
                    "the key of '{}' is written as a text in quotes",
                    container.path
                ));
                None
            }
        }
    }

    fn comprehension(
        &mut self,
        written_out: &ComprehensionExpr,
        scope: &mut Scope<'v>,
        depth: usize,
    ) {
        if depth == MAX_NESTING {
            self.problem(format!(
                "macros stand inside each other at most {MAX_NESTING} deep"
            ));
            return;
        }
        let range = self.visit(&written_out.iter_range, scope, depth);
        let element = range.and_then(|range| match range.shape {
            Shape::List(element) => Some(Place {
                shape: element,
                path: format!("{}[]", range.path),
            }),
            _ => None,
        });
        self.visit(&written_out.accu_init, scope, depth);
        let before = scope.len();
        scope.push((written_out.iter_var.clone(), element));
        if let Some(second) = &written_out.iter_var2 {
            scope.push((second.clone(), None));
        }
        scope.push((written_out.accu_var.clone(), None));
        for part in [
            &written_out.loop_cond,
            &written_out.loop_step,
            &written_out.result,
        ] {
            self.visit(part, scope, depth + 1);
        }
        scope.truncate(before);
    }
}
