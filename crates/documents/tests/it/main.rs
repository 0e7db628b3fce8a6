//! Documents as others read them: PDFs by pdftotext, workbooks by calamine, the interchange list by our own reader.
#![cfg(test)]

mod interchange;
mod office;
mod papers;
mod public;
mod support;
mod workbooks;
