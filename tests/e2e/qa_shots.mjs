import { chromium } from "playwright-core";
import { mkdtempSync } from "node:fs"; import { tmpdir } from "node:os"; import { join } from "node:path";
const [url, out, what] = process.argv.slice(2);
const flags=["--no-sandbox","--disable-gpu","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"];
for (const [w,h,scheme,lang] of [[1920,1080,"dark","vi"],[390,844,"light","vi"],[1920,1080,"light","en"]]) {
  const b = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(),"qa-")),{executablePath:"/usr/bin/chromium",headless:true,args:flags,viewport:{width:w,height:h},colorScheme:scheme,locale:lang=="vi"?"vi-VN":"en-GB"});
  const p = await b.newPage(); const errs=[];
  p.on("console",m=>{if(["error","warning"].includes(m.type()))errs.push(m.text())}); p.on("pageerror",e=>errs.push(e.message));
  await p.addInitScript(l=>localStorage.setItem("vonggac.language",l),lang);
  await p.goto(url); await p.waitForTimeout(9000);
  await p.screenshot({path:`${out}/${what}-wall-${w}-${scheme}-${lang}.png`});
  const cards = await p.locator("a.cover").count(); console.log(w,lang,"cards",cards);
  if(cards){ await p.evaluate(()=>document.querySelector("a.cover").click()); await p.waitForTimeout(6000);
    await p.screenshot({path:`${out}/${what}-camera-${w}-${scheme}-${lang}.png`}); 
    if (w==1920 && lang=="vi") { await p.locator(".tabs .button").nth(1).click(); await p.waitForTimeout(1500); const n=await p.locator("button.entry").count(); if(n){ await p.locator("button.entry").first().click(); await p.waitForTimeout(4000);} await p.screenshot({path:`${out}/${what}-clip-${w}-${scheme}-${lang}.png`}); }
  }
  console.log("console:",errs.slice(0,5)); await b.close();
}
