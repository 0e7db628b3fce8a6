//! Any text: an expression that is refused, or one that comes to something on a filled form, from outside and from each member.
#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use rasoat_instrument::expression::Expr;
use rasoat_instrument::{Context, Plan, Session};

const SURVEY: &str = "type,name,label::vi,calculation,choice_filter\n\
    text,t,T,,\n\
    integer,n,N,,\n\
    decimal,d,D,,\n\
    date,day,Ngày,,\n\
    time,hour,Giờ,,\n\
    dateTime,moment,Lúc,,\n\
    select_one places,one,Một,,kind = ${t}\n\
    select_multiple places,many,Nhiều,,\n\
    begin_repeat,members,Người,,\n\
    text,who,Tên,,\n\
    integer,age,Tuổi,,\n\
    begin_repeat,jobs,Việc,,\n\
    integer,pay,Lương,,\n\
    end_repeat,,,,\n\
    end_repeat,,,,\n\
    calculate,total,,sum(${age}),\n";
const CHOICES: &str = "list_name,name,label::vi,kind\nplaces,a,A,x\nplaces,b,B,y\nplaces,c,C,x\n";
const SETTINGS: &str = "form_title,form_id,version,default_language\nThử,fuzz,1,vi\n";

static FILLED: LazyLock<Session> = LazyLock::new(|| {
    let form = rasoat_xlsform::read_csv(SURVEY, CHOICES, SETTINGS).expect("the form");
    let context = Context::of_day("2026-11-25".parse().expect("a day"));
    let mut session = Session::open_plan(Arc::new(Plan::new(Arc::new(form))), BTreeMap::new(), context);
    for id in ["p1", "p2"] {
        session.add_instance("members", &id.parse().expect("an id")).expect("a member");
        session.add_instance(&format!("members.{id}.jobs"), &"j1".parse().expect("an id")).expect("a job");
    }
    for (path, text) in [
        ("t", "x"),
        ("n", "7"),
        ("d", "2.5"),
        ("day", "2026-11-25"),
        ("hour", "07:30"),
        ("moment", "2026-11-25T07:30+07:00"),
        ("one", "a"),
        ("many", "a c"),
        ("members.p1.who", "An"),
        ("members.p1.age", "40"),
        ("members.p2.age", "4"),
        ("members.p1.jobs.j1.pay", "100"),
    ] {
        session.set_text(&path.parse().expect("a path"), text).expect("an answer");
    }
    session
});

fuzz_target!(|text: &str| {
    let Ok(expr) = Expr::parse(text) else { return };
    let at = ["members.p1", "members.p2.jobs.j1"].map(|path| path.parse().expect("a path"));
    for at in [None, Some(&at[0]), Some(&at[1])] {
        let _ = FILLED.evaluate(&expr, at);
        let _ = FILLED.missing(&expr, at);
    }
    let _ = FILLED.plan().check(&expr);
});
